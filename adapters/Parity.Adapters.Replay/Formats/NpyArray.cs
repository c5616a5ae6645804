using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Adapters.Replay.Formats;

/// <summary>NumPy's .npy, versions 1 to 3 (numpy.lib.format in NumPy's reference): magic, version, length of a header that is a Python dictionary, then the elements.</summary>
internal static partial class NpyArray
{
    private static readonly byte[] Magic = [0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y'];

    /// <summary>float64 becomes float32, in which all else here is compared; NaN stays NaN.</summary>
    /// <exception cref="FaultException">No .npy, cut off, or of a kind that is not read.</exception>
    public static Tensor Read(ReadOnlySpan<byte> bytes, string where)
    {
        if (bytes.Length < 10 || !bytes[..6].SequenceEqual(Magic))
            throw Damaged("it does not begin as a .npy file does", where);
        bool wide = bytes[6] >= 2;
        int start = wide ? 12 : 10;
        if (bytes.Length < start)
            throw Damaged("it ends in its header", where);
        long length = wide ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[8..]);
        if (bytes.Length < start + length)
            throw Damaged("it ends in its header", where);
        string header = Encoding.UTF8.GetString(bytes.Slice(start, (int)length));
        if (Description().Match(header) is not { Success: true } description || Shape().Match(header) is not { Success: true } extents)
            throw Damaged($"its header is '{header.Trim()}'", where);
        if (FortranOrder().IsMatch(header))
            throw new FaultException("its elements are in Fortran order, which is not read", where, "Save it again by numpy.save(file, numpy.ascontiguousarray(array)).");
        var shape = ImmutableArray.CreateBuilder<int>();
        long count = 1;
        foreach (string extent in extents.Groups[1].Value.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (!int.TryParse(extent, NumberStyles.None, CultureInfo.InvariantCulture, out int value) || (count *= value) > int.MaxValue)
                throw Damaged($"its shape is ({extents.Groups[1].Value})", where);
            shape.Add(value);
        }
        ReadOnlySpan<byte> data = bytes[(int)(start + length)..];
        (ElementType Type, int Size)? kind = description.Groups[1].Value switch
        {
            "<f4" => (ElementType.Float32, 4),
            "<f8" => (ElementType.Float64, 8),
            "<f2" => (ElementType.Float16, 2),
            "|i1" => (ElementType.Int8, 1),
            "|u1" => (ElementType.UInt8, 1),
            "<i2" => (ElementType.Int16, 2),
            "<u2" => (ElementType.UInt16, 2),
            "<i4" => (ElementType.Int32, 4),
            "<i8" => (ElementType.Int64, 8),
            "|b1" => (ElementType.Bool, 1),
            _ => null,
        };
        if (kind is not { } element)
            throw new FaultException($"its elements are '{description.Groups[1].Value}', which is not read", where, "Save it as little-endian float32.");
        if (data.Length != count * element.Size)
            throw Damaged($"its header promises {count * element.Size} bytes, it has {data.Length}", where);
        Tensor tensor = Tensor.Allocate(element.Type, [.. shape]);
        data.CopyTo(Tensor.Fill(tensor));
        return element.Type == ElementType.Float64 ? Tensor.Create(Array.ConvertAll(tensor.Span<double>().ToArray(), v => (float)v), [.. shape]) : tensor;
    }

    private static FaultException Damaged(string what, string where) => new($"no whole .npy array: {what}", where, "Record it again, or copy it again.");

    [GeneratedRegex(@"'descr'\s*:\s*'([^']+)'")]
    private static partial Regex Description();

    [GeneratedRegex(@"'shape'\s*:\s*\(([^)]*)\)")]
    private static partial Regex Shape();

    [GeneratedRegex(@"'fortran_order'\s*:\s*True")]
    private static partial Regex FortranOrder();
}
