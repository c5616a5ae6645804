using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>Object keypoint similarity as pycocotools' <c>computeOks</c>, sums in numpy's order.</summary>
/// <param name="detections">x, y of each keypoint of each detection.</param>
/// <param name="truths">x, y, v of each keypoint of each object.</param>
/// <param name="boxes">x, y, width, height of each object: without visible keypoints, twice around its box is as good as right.</param>
public sealed class KeypointOverlap(double[] detections, double[] truths, double[] boxes, CocoObject[] objects, ImmutableArray<double> sigmas) : IOverlap
{
    private const double Spacing = 2.220446049250313e-16;

    /// <summary>Below exp(-746) there is no double but 0.</summary>
    private const double Underflow = 746;

    private readonly double[] _variances = [.. sigmas.Select(s => s * 2 * (s * 2))];

    public IOverlap Fork() => this;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReadOnlySpan<int> detectionIndices, ReadOnlySpan<int> truthIndices, Span<double> overlaps)
    {
        int count = _variances.Length;
        Span<double> terms = stackalloc double[count];
        for (int g = 0; g < truthIndices.Length; g++)
        {
            ReadOnlySpan<double> truth = truths.AsSpan(truthIndices[g] * count * 3, count * 3);
            ReadOnlySpan<double> box = boxes.AsSpan(truthIndices[g] * 4, 4);
            double area = objects[truthIndices[g]].Area + Spacing;
            int visible = 0;
            for (int k = 0; k < count; k++)
                visible += truth[(k * 3) + 2] > 0 ? 1 : 0;
            for (int d = 0; d < detectionIndices.Length; d++)
            {
                ReadOnlySpan<double> pose = detections.AsSpan(detectionIndices[d] * count * 2, count * 2);
                int used = 0;
                for (int k = 0; k < count; k++)
                {
                    double dx, dy;
                    if (visible == 0)
                    {
                        dx = Beyond(pose[k * 2], box[0] - box[2], box[0] + (box[2] * 2));
                        dy = Beyond(pose[(k * 2) + 1], box[1] - box[3], box[1] + (box[3] * 2));
                    }
                    else if (truth[(k * 3) + 2] > 0)
                    {
                        dx = pose[k * 2] - truth[k * 3];
                        dy = pose[(k * 2) + 1] - truth[(k * 3) + 1];
                    }
                    else
                    {
                        continue;
                    }
                    double e = ((dx * dx) + (dy * dy)) / _variances[k] / area / 2;
                    // Most pairs are far apart, and where exp underflows the library is slow.
                    terms[used++] = e > Underflow ? 0 : Math.Exp(-e);
                }
                overlaps[(d * truthIndices.Length) + g] = Sum(terms[..used]) / used;
            }
        }
    }

    private static double Beyond(double value, double least, double most) => Math.Max(0, least - value) + Math.Max(0, value - most);

    /// <summary>numpy's sum of up to 128 values: from eight on in eight lanes.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Sum(ReadOnlySpan<double> terms)
    {
        double sum = 0;
        int i = 0;
        if (terms.Length >= 8)
        {
            Span<double> lanes = stackalloc double[8];
            terms[..8].CopyTo(lanes);
            for (i = 8; i + 8 <= terms.Length; i += 8)
            {
                for (int lane = 0; lane < 8; lane++)
                    lanes[lane] += terms[i + lane];
            }
            sum = lanes[0] + lanes[1] + (lanes[2] + lanes[3]) + (lanes[4] + lanes[5] + (lanes[6] + lanes[7]));
        }
        for (; i < terms.Length; i++)
            sum += terms[i];
        return sum;
    }
}
