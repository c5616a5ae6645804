namespace Parity.Suites.Detection;

/// <summary>TensorRT's EfficientNMS plugin (NVIDIA/TensorRT, plugin/efficientNMSPlugin/efficientNMSInference.cu) in float32.</summary>
/// <remarks>
/// IoU &gt;= threshold suppresses: a pair exactly at the threshold survives torchvision and not this. No +1; swapped corners are put in order; boxes without area overlap nothing.
/// Scores at the threshold stay. Only the 4096 best candidates of all classes are looked at. The plugin leaves ties to the order of GPU
/// atomics; here the lower row goes first.
/// </remarks>
public sealed class EfficientNmsSuppression : ISuppression
{
    public string Contract => "efficient-nms";

    public bool KeepsScoreAtThreshold => true;

    public bool InPicture => false;

    public int? TopK => 4096;

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
            return shared <= 0 || union <= 0 ? 0 : shared / union;
        }

        public static bool Suppresses(float iou, double threshold) => iou >= (float)threshold;
    }
}
