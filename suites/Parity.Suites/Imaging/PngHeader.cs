using System.Buffers.Binary;

namespace Parity.Suites.Imaging;

internal enum PngColor { Grey = 0, Rgb = 2, Palette = 3, GreyAlpha = 4, RgbAlpha = 6 }

/// <summary>The IHDR chunk (PNG specification, third edition, 11.2.1).</summary>
/// <param name="BitDepth">Bits of a sample: 1, 2, 4, 8 or 16.</param>
internal sealed record PngHeader(int Width, int Height, int BitDepth, PngColor Color, bool Interlaced)
{
    public int Channels => Color switch { PngColor.Grey or PngColor.Palette => 1, PngColor.GreyAlpha => 2, PngColor.Rgb => 3, _ => 4 };

    /// <summary>Distance in bytes to the pixel on the left, as the filters see it: at least 1.</summary>
    public int FilterDistance => Math.Max(1, Channels * BitDepth / 8);

    public int RowBytes(int width) => (int)(((long)width * Channels * BitDepth + 7) / 8);

    /// <summary>Null when a field has a value outside the specification.</summary>
    public static PngHeader? Read(ReadOnlySpan<byte> ihdr)
    {
        if (ihdr.Length != 13)
            return null;
        uint width = BinaryPrimitives.ReadUInt32BigEndian(ihdr), height = BinaryPrimitives.ReadUInt32BigEndian(ihdr[4..]);
        int depth = ihdr[8], color = ihdr[9];
        bool valid = width is > 0 and <= int.MaxValue && height is > 0 and <= int.MaxValue && ihdr[10] == 0 && ihdr[11] == 0 && ihdr[12] <= 1
            && color switch
            {
                0 => depth is 1 or 2 or 4 or 8 or 16,
                3 => depth is 1 or 2 or 4 or 8,
                2 or 4 or 6 => depth is 8 or 16,
                _ => false,
            };
        return valid ? new PngHeader((int)width, (int)height, depth, (PngColor)color, ihdr[12] == 1) : null;
    }

    /// <summary>The passes in file order: first column and row, and the steps between them. One pass of everything when not interlaced.</summary>
    public ReadOnlySpan<(int X, int Y, int StepX, int StepY)> Passes => Interlaced ? Adam7 : Whole;

    private static readonly (int, int, int, int)[] Whole = [(0, 0, 1, 1)];

    private static readonly (int, int, int, int)[] Adam7 =
        [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)];
}
