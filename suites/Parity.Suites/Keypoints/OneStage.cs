using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>Boxes and joints from one output: boxes are chosen as for detection, and take their joints with them.</summary>
/// <param name="deploymentScore">Instances below it are not shown to users: lost and extra ones are those at it or above.</param>
public sealed class OneStage(
    PoseDecoder decoder, float threshold, float deploymentScore, bool everyClass, SelectionSettings selection, ImmutableArray<int> categoryOf) : IPoseStage
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
        return new PosePrediction(sample.Id, [.. boxes.Boxes.Zip(joints, (b, j) => new DetectedPose(b, j))], boxes.Counts) { Explanation = boxes.Explanation };
    }

    public PredictionComparison Compare(PosePrediction reference, PosePrediction target, ImmutableArray<BoxCategory> categories) =>
        BoxComparison.Of(Boxes(reference), Boxes(target), deploymentScore, categories);

    private static DetectionPrediction Boxes(PosePrediction prediction) =>
        new(prediction.SampleId, [.. prediction.Poses.Select(p => p.Box)], prediction.Counts) { Explanation = prediction.Explanation };
}
