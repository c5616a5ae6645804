namespace Parity.Suites.Detection;

/// <summary>The numpy <c>nms</c> of YOLOX's demos (Megvii-BaseDetection/YOLOX, yolox/utils/demo_utils.py), which many boards' samples copy.</summary>
/// <remarks>
/// Sides count one pixel more (x2 - x1 + 1), so small boxes overlap more than elsewhere, and it matters that boxes are in pixels of the picture.
/// IoU &lt;= threshold survives, both float32. Ties: <c>argsort()[::-1]</c> puts the higher row first (as far as numpy's sort keeps ties in order).
/// Scores: above the threshold only. Class-agnostic by default there.
/// </remarks>
public sealed class YoloxSuppression : ISuppression
{
    public string Contract => "yolox";

    public bool KeepsScoreAtThreshold => false;

    public bool InPicture => true;

    public int? TopK => null;

    public bool LastOfEqualsFirst => true;

    public void Suppress(Candidates candidates, ReadOnlySpan<int> order, SuppressionSettings settings, List<int> kept, List<SuppressedBox> suppressed) =>
        GreedySuppression.Run<Rule>(candidates, order, settings, kept, suppressed);

    private readonly struct Rule : IOverlapRule
    {
        public static float Offset => 1;

        public static bool Reorders => false;

        public static float Iou(float shared, float areaKept, float areaCandidate) => shared / (areaKept + areaCandidate - shared);

        public static bool Suppresses(float iou, double threshold) => !(iou <= (float)threshold);
    }
}
