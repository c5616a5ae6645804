using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Metrics;

namespace Parity.Suites.Detection;

/// <summary>Boxes of a fixed set of classes, measured by COCO's AP and AR.</summary>
/// <param name="categories">Sorted by id.</param>
/// <param name="categoryOf">Index into <paramref name="categories"/> of each model class.</param>
/// <param name="deploymentScore">Boxes below it are not shown to users: lost and extra boxes are those at it or above, and so are the boxes of <c>bbox/AP@score</c>. Null: all boxes, and no such measurement.</param>
/// <param name="threshold">Scores above it (at it too, where the NMS contract keeps those) are candidates.</param>
public sealed class DetectionTask(
    IBoxDecoder decoder, double threshold, double? deploymentScore, bool everyClass, SelectionSettings selection,
    IBoxLabels truth, ImmutableArray<BoxCategory> categories, ImmutableArray<int> categoryOf) : ITask
{
    private readonly BoxStage _boxes = new(decoder, threshold, everyClass, selection, categoryOf);

    public string Kind => DetectionTaskKind.KindName;

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults) => _boxes.CheckOutputs(outputs, model, faults);

    public Prediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain) => _boxes.Decode(runs.Single(), sample, explain);

    public PredictionComparison Compare(Prediction reference, Prediction target) =>
        BoxComparison.Of((DetectionPrediction)reference, (DetectionPrediction)target, (float)(deploymentScore ?? 0), categories);

    /// <summary>Mean precision alone says nothing of a model shown from one score on: what is below that score is not there.</summary>
    private static readonly CocoParameters Deployed = CocoParameters.Default with { Statistics = [new CocoStatistic("AP@score", true, null, 0, CocoParameters.Default.MaxDetections.Length - 1)] };

    public IEvaluation Evaluate(IReadOnlyList<Prediction> predictions) => deploymentScore is { } score
        ? new JoinedEvaluation(EvaluateFrom(float.NegativeInfinity, predictions, CocoParameters.Default), EvaluateFrom((float)score, predictions, Deployed))
        : EvaluateFrom(float.NegativeInfinity, predictions, CocoParameters.Default);

    public double? Agreement(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target) => Headline.Of(BoxEvaluation.Of(
        categories,
        reference.Zip(target, (r, t) => new BoxSample(
            r.SampleId, AgreedBoxes.AsLabels(((DetectionPrediction)r).Boxes, deploymentScore, categories), Scored((DetectionPrediction)t, float.NegativeInfinity))),
        CocoParameters.Default.ForAgreement));

    public void Write(Utf8JsonWriter writer, Prediction prediction) => DetectionJournal.Write(writer, (DetectionPrediction)prediction);

    public Prediction Read(JsonElement element) => DetectionJournal.Read(element, categories.Length);

    public void WriteResults(Utf8JsonWriter writer, IEnumerable<Prediction> predictions) =>
        DetectionJournal.WriteResults(writer, predictions.Cast<DetectionPrediction>(), categories);

    public Overlay Draw(Prediction prediction) => new([.. ((DetectionPrediction)prediction).Boxes.Select(b =>
        new BoxShape(b.X, b.Y, b.Width, b.Height, categories[b.Category].Name, b.Score, b.Category))]);

    public Overlay DrawTruth(Sample sample)
    {
        var shapes = ImmutableArray.CreateBuilder<OverlayShape>();
        foreach (BoxLabel label in truth.LabelsOf(sample.Id))
        {
            int category = DetectionTaskKind.IndexOf(categories, label.CategoryId);
            if (category >= 0)
                shapes.Add(new BoxShape(label.X, label.Y, label.Width, label.Height, categories[category].Name + (label.IsCrowd ? " (crowd)" : ""), null, category));
        }
        return new Overlay(shapes.ToImmutable());
    }

    private CocoEvaluation EvaluateFrom(float leastScore, IReadOnlyList<Prediction> predictions, CocoParameters parameters) =>
        BoxEvaluation.Of(categories, predictions.Select(p => new BoxSample(p.SampleId, truth.LabelsOf(p.SampleId), Scored((DetectionPrediction)p, leastScore))), parameters);

    private static ScoredBox[] Scored(DetectionPrediction prediction, float leastScore) =>
        [.. prediction.Boxes.Where(b => b.Score >= leastScore).Select(b => new ScoredBox(b.X, b.Y, b.Width, b.Height, b.Score, b.Category))];
}
