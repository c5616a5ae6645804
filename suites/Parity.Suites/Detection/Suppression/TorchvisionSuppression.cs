namespace Parity.Suites.Detection;

/// <summary>
/// <c>torchvision.ops.batched_nms</c> in its per-class form, CPU kernel (pytorch/vision, ops/cpu/nms_kernel.cpp); also what Ultralytics calls.
/// </summary>
/// <remarks>
/// IoU &gt; threshold suppresses, where the float32 IoU is compared with the threshold in double (0.5f against 0.5 is equal; 0.7f against 0.7 is not).
/// No +1. Ties: lower row first. Scores: above the threshold only. The coordinate trick, used there for few boxes, rounds shifted
/// coordinates and may differ in the last bit of an IoU.
/// </remarks>
public sealed class TorchvisionSuppression : ISuppression
{
    public string Contract => "torchvision";

    public bool KeepsScoreAtThreshold => false;

    public bool InPicture => false;

    public int? TopK => null;

    public bool LastOfEqualsFirst => false;

    public void Suppress(Candidates candidates, ReadOnlySpan<int> order, SuppressionSettings settings, List<int> kept, List<SuppressedBox> suppressed) =>
        GreedySuppression.Run<Rule>(candidates, order, settings, kept, suppressed);

    private readonly struct Rule : IOverlapRule
    {
        public static float Offset => 0;

        public static bool Reorders => false;

        public static float Iou(float shared, float areaKept, float areaCandidate) => shared / (areaKept + areaCandidate - shared);

        public static bool Suppresses(float iou, double threshold) => iou > threshold;
    }
}
