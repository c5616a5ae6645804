using System.Collections.Immutable;

namespace Parity.Suites.Coco;

/// <summary>A mask as COCO keeps it.</summary>
/// <param name="Width">Of the picture, pixels.</param>
/// <param name="Counts">Alternating run lengths down the columns, the first of pixels not set; together Width x Height.</param>
public sealed record MaskRuns(int Width, int Height, ImmutableArray<int> Counts)
{
    /// <summary>Pixels set.</summary>
    public long Area => Counts.Where((_, i) => i % 2 != 0).Sum(c => (long)c);

    /// <summary>Row by row, whether a pixel is set.</summary>
    public bool[] ToPixels()
    {
        var pixels = new bool[Width * Height];
        int at = 0;
        for (int i = 0; i < Counts.Length; i++)
        {
            for (int end = at + Counts[i]; at < end; at++)
                pixels[at % Height * Width + at / Height] = i % 2 != 0;
        }
        return pixels;
    }

    /// <summary>Intersection over union with a mask of the same picture, 0 to 1; two empty masks do not overlap.</summary>
    public double Iou(MaskRuns other)
    {
        Mask own = ToMask(), its = other.ToMask();
        long shared = Mask.Shared(own, its);
        return shared == 0 ? 0 : (double)shared / (own.Area + its.Area - shared);
    }

    internal Mask ToMask()
    {
        var mask = new Mask();
        mask.SetCounts(Counts.AsSpan());
        return mask;
    }

    internal static MaskRuns Of(Mask mask, int width, int height)
    {
        var counts = ImmutableArray.CreateBuilder<int>(2 * mask.Runs + 1);
        int at = 0;
        for (int i = 0; i < mask.Runs; i++)
        {
            counts.Add(mask.Starts[i] - at);
            counts.Add(mask.Ends[i] - mask.Starts[i]);
            at = mask.Ends[i];
        }
        counts.Add(width * height - at);
        return new MaskRuns(width, height, counts.MoveToImmutable());
    }
}
