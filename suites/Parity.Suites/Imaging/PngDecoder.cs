using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>
/// PNG of every colour type, depth and interlacing. Written out rather than taken from libpng: its simplified interface converts gamma and
/// blends alpha, which OpenCV does not, and its full one leaves by longjmp, which must not cross managed frames.
/// </summary>
internal static class PngDecoder
{
    private const string Fetch = "Fetch the file again from its source, or remove it from the dataset.";

    /// <summary>Puts the pixels of an unfiltered row, <paramref name="pixelStep"/> bytes apart.</summary>
    private delegate void RowSink(ReadOnlySpan<byte> row, int width, Span<byte> pixels, int pixelStep);

    public static Picture Decode(ReadOnlySpan<byte> file, string where)
    {
        PngChunks chunks = PngChunks.Read(file, where);
        PngHeader header = chunks.Header;
        if (header.Color == PngColor.Palette && chunks.Palette.Length is 0 or > 768)
            throw new FaultException("the PNG has no valid palette", where, Fetch);
        byte[] bgr = Pixels(chunks, 3, where, (row, width, pixels, step) => PngSamples.ToBgr(row, header, chunks.Palette, width, pixels, step));
        return Exif.Upright(new Picture(header.Width, header.Height, bgr), chunks.Orientation);
    }

    /// <summary>Samples of a grey or palette PNG as they are: an index is no colour, so neither palette nor spreading of few bits is applied.</summary>
    public static LabelMap DecodeLabels(ReadOnlySpan<byte> file, string where)
    {
        PngChunks chunks = PngChunks.Read(file, where);
        PngHeader header = chunks.Header;
        if (header.Color is not (PngColor.Grey or PngColor.Palette) || header.BitDepth > 8)
            throw new FaultException($"the mask is a PNG of {header.Channels} channels of {header.BitDepth} bits, not of one label a pixel", where, "Convert it to grey or palette PNG of at most 8 bits.");
        return new LabelMap(header.Width, header.Height, Pixels(chunks, 1, where, (row, width, pixels, step) => PngSamples.ToLabels(row, header, width, pixels, step)));
    }

    private static byte[] Pixels(PngChunks chunks, int pixelBytes, string where, RowSink sink)
    {
        PngHeader header = chunks.Header;
        long pixels = (long)header.Width * header.Height;
        // Deflate shrinks at most 1032 times: a header that promises more than the data can hold is not worth its memory.
        if (pixels * header.Channels * header.BitDepth / 8 > chunks.Compressed.Length * 1032)
            throw new FaultException($"the PNG is truncated: {chunks.Compressed.Length} bytes cannot hold {header.Width} x {header.Height} pixels", where, Fetch);
        if (pixels * pixelBytes > Array.MaxLength)
            throw new FaultException($"the PNG has {header.Width} x {header.Height} pixels, too many to hold", where, "Use a smaller picture.");

        var values = GC.AllocateUninitializedArray<byte>((int)pixels * pixelBytes);
        try
        {
            using var zlib = new ZLibStream(chunks.Compressed, CompressionMode.Decompress);
            foreach ((int x, int y, int stepX, int stepY) in header.Passes)
            {
                int width = (header.Width - x + stepX - 1) / stepX, height = (header.Height - y + stepY - 1) / stepY;
                if (width > 0 && height > 0)
                    ReadPass(zlib, header, width, height, values.AsSpan(pixelBytes * (y * header.Width + x)), pixelBytes * stepX, pixelBytes * stepY * header.Width, sink);
            }
        }
        catch (Exception e) when (e is InvalidDataException or EndOfStreamException)
        {
            throw new FaultException($"the PNG's pixels cannot be read: {e.Message}", where, Fetch);
        }
        return values;
    }

    private static void ReadPass(Stream zlib, PngHeader header, int width, int height, Span<byte> pixels, int pixelStep, int rowStep, RowSink sink)
    {
        int rowBytes = header.RowBytes(width);
        var above = new byte[rowBytes];
        var line = new byte[rowBytes + 1];
        for (int y = 0; y < height; y++)
        {
            zlib.ReadExactly(line);
            Span<byte> row = line.AsSpan(1);
            Unfilter(line[0], row, above, header.FilterDistance);
            sink(row, width, pixels[(y * rowStep)..], pixelStep);
            row.CopyTo(above);
        }
    }

    // Filters 0 to 4 of the PNG specification, clause 9; "distance" is a pixel, or 1 byte when pixels are smaller.
    private static void Unfilter(byte filter, Span<byte> row, ReadOnlySpan<byte> above, int distance)
    {
        switch (filter)
        {
            case 0:
                break;
            case 1:
                for (int i = distance; i < row.Length; i++)
                    row[i] += row[i - distance];
                break;
            case 2:
                AddRow(row, above);
                break;
            case 3:
                for (int i = 0; i < row.Length; i++)
                    row[i] += (byte)(((i < distance ? 0 : row[i - distance]) + above[i]) >> 1);
                break;
            case 4:
                int head = Math.Min(distance, row.Length);
                AddRow(row[..head], above[..head]);
                for (int i = distance; i < row.Length; i++)
                    row[i] += Paeth(row[i - distance], above[i], above[i - distance]);
                break;
            default:
                throw new InvalidDataException($"a row has the unknown filter {filter}");
        }
    }

    private static void AddRow(Span<byte> row, ReadOnlySpan<byte> above)
    {
        Span<Vector<byte>> wide = MemoryMarshal.Cast<byte, Vector<byte>>(row);
        ReadOnlySpan<Vector<byte>> wideAbove = MemoryMarshal.Cast<byte, Vector<byte>>(above);
        for (int i = 0; i < wide.Length; i++)
            wide[i] += wideAbove[i];
        for (int i = wide.Length * Vector<byte>.Count; i < row.Length; i++)
            row[i] += above[i];
    }

    private static byte Paeth(byte left, byte above, byte corner)
    {
        int toLeft = Math.Abs(above - corner), toAbove = Math.Abs(left - corner), toCorner = Math.Abs(left + above - 2 * corner);
        if (toLeft <= toAbove && toLeft <= toCorner)
            return left;
        return toAbove <= toCorner ? above : corner;
    }
}
