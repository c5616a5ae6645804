using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>Overlap of boxes as COCO's <c>bbIou</c> computes it, in double and in its order of operations.</summary>
/// <param name="detections">x, y, width, height of each detection.</param>
/// <param name="truths">The same of each object.</param>
/// <param name="objects">A crowd is measured by the detection's own area.</param>
public sealed class BoxOverlap(double[] detections, double[] truths, CocoObject[] objects) : IOverlap
{
    public IOverlap Fork() => this;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Fill(ReadOnlySpan<int> detectionIndices, ReadOnlySpan<int> truthIndices, Span<double> overlaps)
    {
        int at = 0;
        foreach (int d in detectionIndices)
        {
            ReadOnlySpan<double> box = detections.AsSpan(d * 4, 4);
            double x = box[0], y = box[1], right = box[2] + x, bottom = box[3] + y, own = box[2] * box[3];
            foreach (int g in truthIndices)
            {
                ReadOnlySpan<double> truth = truths.AsSpan(g * 4, 4);
                double width = Math.Min(right, truth[2] + truth[0]) - Math.Max(x, truth[0]);
                double height = Math.Min(bottom, truth[3] + truth[1]) - Math.Max(y, truth[1]);
                double shared = width * height;
                overlaps[at++] = width > 0 && height > 0
                    ? shared / (objects[g].IsCrowd ? own : own + (truth[2] * truth[3]) - shared)
                    : 0;
            }
        }
    }
}
