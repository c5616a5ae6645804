using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.Metrics;

namespace Parity.Suites.Keypoints;

/// <summary>Instances with joints, measured by COCO's OKS AP and AR, and by box AP and AR of the same predictions.</summary>
/// <param name="categories">Sorted by id.</param>
/// <param name="sigmas">Tolerance of each joint.</param>
public sealed class KeypointTask(
    IPoseStage stage, IKeypointLabels truth, Skeleton skeleton, ImmutableArray<double> sigmas, ImmutableArray<BoxCategory> categories) : ITask
{
    public string Kind => KeypointTaskKind.KindName;

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults) => stage.CheckOutputs(outputs, model, faults);

    public ImmutableArray<PictureRegion>? Regions(Sample sample) => stage.Regions(sample);

    public Prediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain) => stage.Decode(runs, sample, explain);

    public IEvaluation Evaluate(IReadOnlyList<Prediction> predictions) => new JoinedEvaluation(
        KeypointEvaluation.Of(categories, sigmas, predictions.Select(p => new PoseSample(p.SampleId, truth.LabelsOf(p.SampleId), truth.JointsOf(p.SampleId), ((PosePrediction)p).Poses))),
        BoxEvaluation.Of(categories, predictions.Select(p => new BoxSample(p.SampleId, truth.LabelsOf(p.SampleId), Scored((PosePrediction)p)))));

    public PredictionComparison Compare(Prediction reference, Prediction target) =>
        stage.Compare((PosePrediction)reference, (PosePrediction)target, categories);

    public ImmutableArray<Measurement> Apart(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target) =>
        PoseComparison.Compare([.. reference.Cast<PosePrediction>()], [.. target.Cast<PosePrediction>()], skeleton);

    public double? Agreement(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target) => Headline.Of(KeypointEvaluation.Of(
        categories, sigmas, reference.Zip(target, (r, t) => Sample((PosePrediction)r, (PosePrediction)t)), CocoParameters.Keypoints([KeypointEvaluation.MostPoses]).ForAgreement));

    /// <summary>The reference's poses as truth: every joint is seen.</summary>
    private PoseSample Sample(PosePrediction reference, PosePrediction target)
    {
        DetectedPose[] poses = [.. reference.Poses.Where(p => AgreedBoxes.IsTruth(p.Box, null))];
        return new PoseSample(reference.SampleId, AgreedBoxes.AsLabels(poses.Select(p => p.Box), null, categories),
            [.. poses.Select(p => p.Joints.Select(j => new JointLabel(j.X, j.Y, 2)).ToImmutableArray())], target.Poses);
    }

    public void Write(Utf8JsonWriter writer, Prediction prediction) => PoseJournal.Write(writer, (PosePrediction)prediction);

    public Prediction Read(JsonElement element) => PoseJournal.Read(element, categories.Length, skeleton.Joints.Length);

    public void WriteResults(Utf8JsonWriter writer, IEnumerable<Prediction> predictions) =>
        PoseJournal.WriteResults(writer, predictions.Cast<PosePrediction>(), categories);

    public Overlay Draw(Prediction prediction) => PoseOverlay.Of((PosePrediction)prediction, skeleton, categories);

    public Overlay DrawTruth(Sample sample) => PoseOverlay.OfTruth(truth.LabelsOf(sample.Id), truth.JointsOf(sample.Id), skeleton, categories);

    private static ScoredBox[] Scored(PosePrediction prediction) =>
        [.. prediction.Poses.Select(p => new ScoredBox(p.Box.X, p.Box.Y, p.Box.Width, p.Box.Height, p.Box.Score, p.Box.Category))];
}
