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
    public void Fill(ReadOnlySpan<int> detectionIndices, ReadOnlySpan<int> truthIndices, double least, Span<double> overlaps)
    {
        int at = 0;
        foreach (int d in detectionIndices)
        {
            ReadOnlySpan<double> box = detections.AsSpan(d * 4, 4);
            foreach (int g in truthIndices)
                overlaps[at++] = Iou(box, truths.AsSpan(g * 4, 4), objects[g].IsCrowd);
        }
    }

    /// <param name="box">x, y, width, height.</param>
    /// <returns>Intersection over union, 0 to 1; over the box's own area where the truth is a crowd.</returns>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Iou(ReadOnlySpan<double> box, ReadOnlySpan<double> truth, bool isCrowd)
    {
        double width = Math.Min(box[2] + box[0], truth[2] + truth[0]) - Math.Max(box[0], truth[0]);
        double height = Math.Min(box[3] + box[1], truth[3] + truth[1]) - Math.Max(box[1], truth[1]);
        if (!(width > 0 && height > 0))
            return 0;
        double shared = width * height, own = box[2] * box[3];
        return shared / (isCrowd ? own : own + (truth[2] * truth[3]) - shared);
    }
}
