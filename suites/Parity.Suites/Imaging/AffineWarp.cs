using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>
/// <c>cv2.warpAffine(..., flags=INTER_LINEAR)</c> of OpenCV 4.6 on 8-bit pictures of three channels, for maps without rotation: source positions in 1/1024
/// pixels rounded to 1/32, weights of 15 bits, and 0 beyond the picture's edges. Only where a position times 1024 is an exact half may a pixel differ: there OpenCV rounds the noise (1e-16)
/// of the equations it solves for the map.
/// </summary>
public static class AffineWarp
{
    private const int PositionBits = 10, FractionBits = 5, WeightBits = 15, Fractions = 1 << FractionBits;

    /// <summary>The input's bytes, three a pixel, as the placement lays the picture into it.</summary>
    public static byte[] Upright(Picture picture, Placement placement)
    {
        int width = placement.InputWidth, height = placement.InputHeight;
        int[] columns = Positions(width, placement.ScaleX, placement.OffsetX), rows = Positions(height, placement.ScaleY, placement.OffsetY);
        var bgr = new byte[checked(width * height * 3)];
        for (int y = 0; y < height; y++)
        {
            int top = rows[y] >> FractionBits, down = rows[y] & (Fractions - 1);
            for (int x = 0; x < width; x++)
            {
                int left = columns[x] >> FractionBits, right = columns[x] & (Fractions - 1);
                int a = Pixel(picture, left, top), b = Pixel(picture, left + 1, top), c = Pixel(picture, left, top + 1), d = Pixel(picture, left + 1, top + 1);
                // The product of two fractions of 5 bits, scaled to 15, is exact: the four always sum to one.
                const int Scale = 1 << (WeightBits - 2 * FractionBits);
                int wa = (Fractions - right) * (Fractions - down) * Scale, wb = right * (Fractions - down) * Scale;
                int wc = (Fractions - right) * down * Scale, wd = right * down * Scale;
                for (int channel = 0; channel < 3; channel++)
                {
                    int sum = wa * Value(picture, a, channel) + wb * Value(picture, b, channel) + wc * Value(picture, c, channel) + wd * Value(picture, d, channel);
                    bgr[(y * width + x) * 3 + channel] = (byte)((sum + (1 << (WeightBits - 1))) >> WeightBits);
                }
            }
        }
        return bgr;
    }

    /// <summary>Source position of every column or row, in 1/32 pixels.</summary>
    private static int[] Positions(int count, double scale, double offset)
    {
        // OpenCV inverts the map and rounds step and start apart, so the two errors do not cancel here either.
        double step = 1 / scale, start = -offset * step;
        const int One = 1 << PositionBits, Half = One / Fractions / 2;
        int origin = (int)Math.Round(start * One, MidpointRounding.ToEven) + Half;
        var positions = new int[count];
        for (int i = 0; i < count; i++)
            positions[i] = (origin + (int)Math.Round(step * i * One, MidpointRounding.ToEven)) >> (PositionBits - FractionBits);
        return positions;
    }

    /// <summary>Offset of a pixel's first byte; -1 beyond the edges.</summary>
    private static int Pixel(Picture picture, int x, int y) =>
        (uint)x < (uint)picture.Width && (uint)y < (uint)picture.Height ? (y * picture.Width + x) * 3 : -1;

    private static int Value(Picture picture, int pixel, int channel) => pixel < 0 ? 0 : picture.Bgr[pixel + channel];
}
