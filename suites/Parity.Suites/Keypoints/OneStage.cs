using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>Boxes and joints from one output: boxes are chosen as for detection, and take their joints with them.</summary>
public sealed class OneStage(
    PoseDecoder decoder, float threshold, bool everyClass, SelectionSettings selection, ImmutableArray<int> categoryOf) : IPoseStage
{
    /// <summary>Exclusive: one float lower where an equal score stays.</summary>
    private readonly float _threshold = selection.Suppression?.KeepsScoreAtThreshold ?? false ? MathF.BitDecrement(threshold) : threshold;

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults) =>
        decoder.Boxes.CheckOutputs(outputs, categoryOf.Length, model, faults);

    public ImmutableArray<PictureRegion>? Regions(Sample sample) => null;

    public PosePrediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain)
    {
        (IReadOnlyDictionary<string, Tensor> outputs, Placement placement) = runs.Single();
        var candidates = new Candidates();
        decoder.Boxes.Decode(outputs, new DecodeRequest(sample, placement, categoryOf.Length, _threshold, everyClass), candidates);
        DetectionTask.RequireFinite(candidates, sample);
        DetectionPrediction boxes = Selection.Select(candidates, sample.Id, placement, selection, categoryOf, explain);
        int perBox = everyClass ? categoryOf.Length : 1;
        var joints = decoder.Joints.Read(outputs, sample, placement, [.. boxes.Boxes.Select(b => b.Candidate / perBox)]);
        return new PosePrediction(sample.Id, [.. boxes.Boxes.Zip(joints, (b, j) => new DetectedPose(b, j))], boxes.Counts, boxes.Decisions);
    }
}
