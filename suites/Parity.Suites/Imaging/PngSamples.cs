namespace Parity.Suites.Imaging;

/// <summary>One unfiltered row of a PNG to blue, green, red bytes as OpenCV asks libpng for them: alpha and tRNS dropped, 16 bits cut to the high byte.</summary>
internal static class PngSamples
{
    /// <param name="palette">RGB triples; an index past its end is black, as in libpng.</param>
    /// <param name="pixelStep">Bytes between the pixels of this row in <paramref name="bgr"/>: more than 3 in an interlaced pass.</param>
    public static void ToBgr(ReadOnlySpan<byte> row, PngHeader header, ReadOnlySpan<byte> palette, int width, Span<byte> bgr, int pixelStep)
    {
        int sampleBytes = header.BitDepth == 16 ? 2 : 1;
        int pixelBytes = header.Channels * sampleBytes;
        switch (header.Color)
        {
            case PngColor.Rgb or PngColor.RgbAlpha:
                for (int x = 0, from = 0, to = 0; x < width; x++, from += pixelBytes, to += pixelStep)
                {
                    bgr[to] = row[from + 2 * sampleBytes];
                    bgr[to + 1] = row[from + sampleBytes];
                    bgr[to + 2] = row[from];
                }
                break;
            case PngColor.Palette:
                for (int x = 0, to = 0; x < width; x++, to += pixelStep)
                {
                    int entry = 3 * Packed(row, x, header.BitDepth);
                    bool known = entry + 2 < palette.Length;
                    bgr[to] = known ? palette[entry + 2] : (byte)0;
                    bgr[to + 1] = known ? palette[entry + 1] : (byte)0;
                    bgr[to + 2] = known ? palette[entry] : (byte)0;
                }
                break;
            default:
                int spread = header.BitDepth < 8 ? 255 / ((1 << header.BitDepth) - 1) : 1;
                for (int x = 0, to = 0; x < width; x++, to += pixelStep)
                {
                    int grey = header.BitDepth < 8 ? Packed(row, x, header.BitDepth) * spread : row[x * pixelBytes];
                    bgr[to] = bgr[to + 1] = bgr[to + 2] = (byte)grey;
                }
                break;
        }
    }

    /// <param name="pixelStep">Bytes between the pixels of this row in <paramref name="labels"/>.</param>
    public static void ToLabels(ReadOnlySpan<byte> row, PngHeader header, int width, Span<byte> labels, int pixelStep)
    {
        for (int x = 0, to = 0; x < width; x++, to += pixelStep)
            labels[to] = header.BitDepth == 8 ? row[x] : (byte)Packed(row, x, header.BitDepth);
    }

    // Samples of less than a byte stand from the high bits down.
    private static int Packed(ReadOnlySpan<byte> row, int x, int bitDepth)
    {
        int bit = x * bitDepth;
        return (row[bit >> 3] >> (8 - bitDepth - (bit & 7))) & ((1 << bitDepth) - 1);
    }
}
