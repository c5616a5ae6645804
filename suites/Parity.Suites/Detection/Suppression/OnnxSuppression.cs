namespace Parity.Suites.Detection;

/// <summary>The ONNX operator NonMaxSuppression-11 as ONNX Runtime's CPU kernel computes it (non_max_suppression.cc and its helper).</summary>
/// <remarks>
/// IoU &gt; threshold suppresses, both float32 (0.7f against 0.7 is equal here). No +1; swapped corners are put in order; a pair with a box of no area never suppresses.
/// Scores: above the threshold only. <c>max-per-class</c> is the operator's max_output_boxes_per_class. The operator leaves ties open; lower row first.
/// </remarks>
public sealed class OnnxSuppression : ISuppression
{
    public string Contract => "onnx";

    public bool KeepsScoreAtThreshold => false;

    public bool InPicture => false;

    public int? TopK => null;

    public bool LastOfEqualsFirst => false;

    public void Suppress(Candidates candidates, ReadOnlySpan<int> order, SuppressionSettings settings, List<int> kept, List<SuppressedBox> suppressed) =>
        GreedySuppression.Run<Rule>(candidates, order, settings, kept, suppressed);

    private readonly struct Rule : IOverlapRule
    {
        public static float Offset => 0;

        public static bool Reorders => true;

        public static float Iou(float shared, float areaKept, float areaCandidate)
        {
            float union = areaKept + areaCandidate - shared;
            return shared <= 0 || areaKept <= 0 || areaCandidate <= 0 || union <= 0 ? 0 : shared / union;
        }

        public static bool Suppresses(float iou, double threshold) => iou > (float)threshold;
    }
}
