using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>Boxes and joints from one output: boxes are chosen as for detection, and take their joints with them.</summary>
/// <param name="deploymentScore">Instances below it are not shown to users: lost and extra ones are those at it or above.</param>
public sealed class OneStage(
    PoseDecoder decoder, float threshold, float deploymentScore, bool everyClass, SelectionSettings selection, ImmutableArray<int> categoryOf) : IPoseStage
{
    private readonly BoxStage _boxes = new(decoder.Boxes, threshold, everyClass, selection, categoryOf);

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults) => _boxes.CheckOutputs(outputs, model, faults);

    public ImmutableArray<PictureRegion>? Regions(Sample sample) => null;

    public PosePrediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain)
    {
        ModelRun run = runs.Single();
        DetectionPrediction boxes = _boxes.Decode(run, sample, explain);
        var joints = decoder.Joints.Read(run.Outputs, sample, run.Placement, [.. boxes.Boxes.Select(b => _boxes.RawBox(b))]);
        return new PosePrediction(sample.Id, [.. boxes.Boxes.Zip(joints, (b, j) => new DetectedPose(b, j))], boxes.Counts) { Explanation = boxes.Explanation };
    }

    public PredictionComparison Compare(PosePrediction reference, PosePrediction target, ImmutableArray<BoxCategory> categories) =>
        BoxComparison.Of(Boxes(reference), Boxes(target), deploymentScore, categories);

    private static DetectionPrediction Boxes(PosePrediction prediction) =>
        new(prediction.SampleId, [.. prediction.Poses.Select(p => p.Box)], prediction.Counts) { Explanation = prediction.Explanation };
}
