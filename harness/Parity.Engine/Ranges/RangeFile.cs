using System.Collections.Immutable;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Ranges;

/// <summary>Files that vendors' tools keep ranges in: read to quantize as they do, written so that they quantize as we did.</summary>
public static class RangeFile
{
    /// <summary>The last takes any text.</summary>
    public static ImmutableArray<RangeFormat> Formats { get; } =
    [
        TensorRtCalibrationCache.Format, RknnQuantizationConfig.Format, CambriconPrototxt.Format, BlobRangeJson.Format, TensorRtDynamicRanges.Format,
    ];

    /// <exception cref="FaultException">No such file, or all its mistakes.</exception>
    public static RangeTable Read(string path)
    {
        if (!File.Exists(path))
            throw new FaultException("there is no such file of ranges", path, "Mend the path; it is relative to --data, or to the suite.");
        return Parse(File.ReadAllText(path), Path.GetFileName(path));
    }

    /// <inheritdoc cref="Read"/>
    public static RangeTable Parse(string text, string file)
    {
        var faults = new FaultList();
        RangeFormat format = Formats.First(f => f.Recognises(text));
        ImmutableArray<NamedRange> ranges = format.Read(text, file, faults);
        foreach (IGrouping<string, NamedRange> twice in ranges.GroupBy(r => r.Tensor, StringComparer.Ordinal).Where(g => g.Distinct().Count() > 1))
            faults.Add($"'{twice.Key}' has {twice.Count()} ranges", file, "Leave one.");
        if (faults.Count == 0 && ranges.IsEmpty)
            faults.Add($"no range is in it (read as {format.Name})", file, $"Formats: {string.Join("; ", Formats.Select(f => $"{f.Name}, {f.Summary}"))}.");
        faults.ThrowIfAny();
        return new RangeTable(file, [.. ranges.Distinct()]);
    }

    /// <summary>The activations of a lowered model as text.</summary>
    /// <exception cref="FaultException">No such format, or one that cannot hold these ranges.</exception>
    public static string Write(LoweringResult lowered, string format)
    {
        RangeFormat wanted = Formats.FirstOrDefault(f => f.Name == format)
            ?? throw new FaultException($"there is no format '{format}'", "--format", $"Take one of {string.Join(", ", Formats.Select(f => f.Name))}.");
        ImmutableArray<QuantizedRange> ranges =
        [
            .. lowered.Qdq.Where(q => q.Kind == "activation" && q.Scales.Length == 1).Select(q => new QuantizedRange(q.Source ?? q.Tensor, (float)q.Scales[0], (int)q.ZeroPoints.FirstOrDefault(),
                q.Type is ElementType.Int8 or ElementType.Int16 or ElementType.Int32, 8 * Tensor.SizeOf(q.Type), (float)q.Low, (float)q.High)).DistinctBy(q => q.Tensor, StringComparer.Ordinal),
        ];
        var faults = new FaultList();
        if (ranges.IsEmpty)
            faults.Add("no activation is quantized", "--export-ranges", "Lower for a target that quantizes.");
        string text = wanted.Write(ranges, faults);
        faults.ThrowIfAny();
        return text;
    }

    /// <summary>Adds a fault for every tensor that a symmetric format cannot hold.</summary>
    internal static void RequireSymmetric(ImmutableArray<QuantizedRange> ranges, string format, FaultList faults)
    {
        if (ranges.FirstOrDefault(r => !r.Signed || r.ZeroPoint != 0) is { } odd)
            faults.Add($"{format} holds symmetric scales alone, and '{odd.Tensor}' has zero point {odd.ZeroPoint}{(odd.Signed ? "" : " and unsigned codes")}", "--format", "Write rknn-cfg, which holds zero points, or lower for a symmetric target.");
    }

    /// <summary>The symmetric range whose scale, found again by division by <paramref name="codes"/>, is this one to the bit.</summary>
    internal static ValueRange Symmetric(float scale, int codes)
    {
        float magnitude = scale * codes;
        foreach (float near in new[] { magnitude, MathF.BitIncrement(magnitude), MathF.BitDecrement(magnitude) })
            if (near / codes == scale)
                return new ValueRange(-near, near);
        return new ValueRange(-magnitude, magnitude);
    }
}
