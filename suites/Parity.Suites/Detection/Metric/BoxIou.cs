namespace Parity.Suites.Detection;

/// <summary>Overlap of boxes as COCO's <c>bbIou</c> computes it, in double and in its order of operations.</summary>
public static class BoxIou
{
    /// <returns>Intersection over union, 0 to 1; over the detection's own area where the object is a crowd.</returns>
    public static double Of(in ScoredBox detection, in BoxLabel truth)
    {
        double width = Math.Min(detection.Width + detection.X, truth.Width + truth.X) - Math.Max(detection.X, truth.X);
        if (!(width > 0))
            return 0;
        double height = Math.Min(detection.Height + detection.Y, truth.Height + truth.Y) - Math.Max(detection.Y, truth.Y);
        if (!(height > 0))
            return 0;
        double shared = width * height;
        double own = detection.Width * detection.Height;
        return shared / (truth.IsCrowd ? own : own + (truth.Width * truth.Height) - shared);
    }
}
