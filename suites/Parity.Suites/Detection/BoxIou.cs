using Parity.Suites.Coco;

namespace Parity.Suites.Detection;

/// <summary>Overlap of two detections, as COCO's metric counts it.</summary>
internal static class BoxIou
{
    /// <returns>Intersection over union, 0 to 1.</returns>
    public static double Of(in DetectedBox a, in DetectedBox b) => BoxOverlap.Iou([a.X, a.Y, a.Width, a.Height], [b.X, b.Y, b.Width, b.Height], isCrowd: false);
}
