using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.Metrics;
using Parity.Suites.Segmentation;

namespace Parity.Suites.InstanceMasks;

/// <summary>Instances with masks, measured by COCO's mask AP and AR, and by box AP and AR of the same predictions.</summary>
/// <param name="deploymentScore">Instances below it are not shown to users: lost and extra ones are those at it or above.</param>
/// <param name="categories">Sorted by id.</param>
public sealed class MaskTask(MaskDecoder decoder, BoxStage boxes, float deploymentScore, IMaskLabels truth, ImmutableArray<BoxCategory> categories) : ITask
{
    public string Kind => MaskTaskKind.KindName;

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults)
    {
        boxes.CheckOutputs(outputs, model, faults);
        decoder.Prototypes.CheckOutputs(outputs, decoder.Coefficients, model, faults);
    }

    public Prediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain)
    {
        ModelRun run = runs.Single();
        DetectionPrediction found = boxes.Decode(run, sample, explain);
        var coefficients = decoder.CoefficientsOf(run.Outputs, sample, found.Boxes.Select(b => boxes.RawBox(b)));
        var masks = decoder.Prototypes.Decode(run.Outputs, sample, run.Placement, found.Boxes, coefficients);
        return new MaskPrediction(sample.Id, [.. found.Boxes.Zip(masks, (b, m) => new DetectedMask(b, m))], found.Counts) { Explanation = found.Explanation };
    }

    public PredictionComparison Compare(Prediction reference, Prediction target) =>
        BoxComparison.Of(Boxes((MaskPrediction)reference), Boxes((MaskPrediction)target), deploymentScore, categories);

    public ImmutableArray<Measurement> Apart(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target) =>
        MaskComparison.Compare([.. reference.Cast<MaskPrediction>()], [.. target.Cast<MaskPrediction>()], deploymentScore);

    public double? Agreement(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target) => Headline.Of(MaskEvaluation.Of(
        categories, reference.Zip(target, (r, t) => Sample((MaskPrediction)r, (MaskPrediction)t)), CocoParameters.Default.ForAgreement));

    private MaskSample Sample(MaskPrediction reference, MaskPrediction target)
    {
        DetectedMask[] instances = [.. reference.Instances.Where(i => AgreedBoxes.IsTruth(i.Box, deploymentScore))];
        return new MaskSample(reference.SampleId, AgreedBoxes.AsLabels(instances.Select(i => i.Box), deploymentScore, categories), [.. instances.Select(i => i.Mask)], target.Instances);
    }

    public IEvaluation Evaluate(IReadOnlyList<Prediction> predictions) => new JoinedEvaluation(
        MaskEvaluation.Of(categories, predictions.Select(p => new MaskSample(p.SampleId, truth.LabelsOf(p.SampleId), truth.MasksOf(p.SampleId), ((MaskPrediction)p).Instances))),
        BoxEvaluation.Of(categories, predictions.Select(p => new BoxSample(p.SampleId, truth.LabelsOf(p.SampleId), Scored((MaskPrediction)p)))));

    public void Write(Utf8JsonWriter writer, Prediction prediction) => MaskJournal.Write(writer, (MaskPrediction)prediction);

    public Prediction Read(JsonElement element) => MaskJournal.Read(element, categories.Length);

    public void WriteResults(Utf8JsonWriter writer, IEnumerable<Prediction> predictions) =>
        MaskJournal.WriteResults(writer, predictions.Cast<MaskPrediction>(), categories);

    public Overlay Draw(Prediction prediction) => new([.. ((MaskPrediction)prediction).Instances.Where(m => m.Box.Score >= deploymentScore)
        .SelectMany((m, i) => Shapes(m.Mask, new BoxShape(m.Box.X, m.Box.Y, m.Box.Width, m.Box.Height, categories[m.Box.Category].Name, m.Box.Score, i)))]);

    public Overlay DrawTruth(Sample sample) => new([.. truth.LabelsOf(sample.Id).Zip(truth.MasksOf(sample.Id))
        .Select(l => (Label: l.First, Mask: l.Second, Category: DetectionTaskKind.IndexOf(categories, l.First.CategoryId))).Where(l => l.Category >= 0)
        .SelectMany((l, i) => Shapes(l.Mask, new BoxShape(
            l.Label.X, l.Label.Y, l.Label.Width, l.Label.Height, categories[l.Category].Name + (l.Label.IsCrowd ? " (crowd)" : ""), null, i)))]);

    /// <summary>The box carries the words, the mask the colour.</summary>
    private static IEnumerable<OverlayShape> Shapes(MaskRuns mask, BoxShape box)
    {
        bool[] pixels = mask.ToPixels();
        return [new MaskShape(mask.Width, mask.Height, ClassRuns.Mask(pixels.Length, i => pixels[i]), null, null, box.Group), box];
    }

    private static DetectionPrediction Boxes(MaskPrediction prediction) =>
        new(prediction.SampleId, [.. prediction.Instances.Select(i => i.Box)], prediction.Counts) { Explanation = prediction.Explanation };

    private static ScoredBox[] Scored(MaskPrediction prediction) =>
        [.. prediction.Instances.Select(i => new ScoredBox(i.Box.X, i.Box.Y, i.Box.Width, i.Box.Height, i.Box.Score, i.Box.Category))];
}
