using Parity.Suites.Imaging;

namespace Parity.Suites.Segmentation;

/// <summary>
/// The boundary region of every class of a map: its pixels within a distance of a pixel that is not of the class, or of the picture's edge
/// (Cheng et al. 2021, "Boundary IoU"; their code erodes each class by a 3 x 3 square, once a pixel of distance, with zeros around the picture).
/// </summary>
/// <remarks>Distances are Chebyshev's, so erosion falls apart into rows and columns, and since classes do not overlap one pass serves all.</remarks>
public static class MaskBoundary
{
    /// <summary>Part of the picture's diagonal: the paper's value.</summary>
    public const double DilationRatio = 0.02;

    /// <summary>Pixels, at least 1; rounded as Python rounds.</summary>
    public static int Distance(int width, int height) =>
        Math.Max(1, (int)Math.Round(DilationRatio * Math.Sqrt(((double)width * width) + ((double)height * height)), MidpointRounding.ToEven));

    /// <returns>For each pixel whether it lies in the boundary region of its class.</returns>
    public static bool[] Of(LabelMap map, int distance)
    {
        int width = map.Width, height = map.Height;
        var survives = new bool[map.Values.Length];
        // Across: a pixel survives that is at least the distance from both ends of its run.
        for (int y = 0; y < height; y++)
            MarkInner(map.Values, null, y * width, 1, width, distance, survives);
        var inner = new bool[map.Values.Length];
        for (int x = 0; x < width; x++)
            MarkInner(map.Values, survives, x, width, height, distance, inner);
        for (int i = 0; i < inner.Length; i++)
            inner[i] = !inner[i];
        return inner;
    }

    /// <param name="among">Pixels that are off end a run too; null where all are on.</param>
    private static void MarkInner(byte[] values, bool[]? among, int first, int step, int count, int distance, bool[] inner)
    {
        for (int start = 0; start < count;)
        {
            int end = start + 1, at = first + (start * step);
            bool on = among is null || among[at];
            while (end < count && values[first + (end * step)] == values[at] && (among is null || among[first + (end * step)] == on))
                end++;
            for (int i = start + distance; on && i < end - distance; i++)
                inner[first + (i * step)] = true;
            start = end;
        }
    }
}
