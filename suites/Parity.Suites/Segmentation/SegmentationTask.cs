using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Imaging;
using Parity.Suites.Metrics;

namespace Parity.Suites.Segmentation;

/// <summary>A class for each pixel of a picture.</summary>
public sealed class SegmentationTask(SegmentationDecoder decoder, IClassMaps truth) : ITask
{
    /// <summary>Above every class: differences have a colour of their own.</summary>
    private const int DifferenceGroup = 256;

    public string Kind => SegmentationTaskKind.KindName;

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults) =>
        decoder.CheckOutputs(outputs, truth.Classes.Length, model, faults);

    public Prediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain)
    {
        (IReadOnlyDictionary<string, Tensor> outputs, Placement placement) = runs.Single();
        LabelMap map = decoder.Decode(outputs, sample, placement, truth.Classes.Length);
        var pixels = new int[truth.Classes.Length];
        foreach (byte index in map.Values)
            pixels[index]++;
        var counts = pixels.Select((n, c) => KeyValuePair.Create($"pixels.{truth.Classes[c]}", n)).ToImmutableSortedDictionary(StringComparer.Ordinal);
        return new SegmentationPrediction(sample.Id, map.Width, map.Height, ClassRuns.Of(map.Values), counts);
    }

    /// <summary>Pixels are no items that could be lost: only how many of them changed their class is counted.</summary>
    public PredictionComparison Compare(Prediction reference, Prediction target)
    {
        int classes = truth.Classes.Length;
        byte[] from = Map(reference).Values, to = Map(target).Values;
        var pixels = new int[classes * classes];
        for (int i = 0; i < from.Length; i++)
            pixels[(from[i] * classes) + to[i]]++;
        var counts = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        counts.Add("unchanged", Enumerable.Range(0, classes).Sum(c => pixels[(c * classes) + c]));
        for (int pair = 0; pair < pixels.Length; pair++)
        {
            if (pixels[pair] > 0 && pair / classes != pair % classes)
                counts.Add($"changed.{truth.Classes[pair / classes]}-to-{truth.Classes[pair % classes]}", pixels[pair]);
        }
        return new PredictionComparison([], counts.ToImmutable());
    }

    public IEvaluation Evaluate(IReadOnlyList<Prediction> predictions) => SegmentationMetric.Evaluate(
        truth.Classes, predictions.Select(p => new SegmentationSample(p.SampleId, truth.ClassesOf(p.SampleId), Map(p))));

    public double? Agreement(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target) => Headline.Of(SegmentationMetric.Evaluate(
        truth.Classes, reference.Zip(target, (r, t) => new SegmentationSample(r.SampleId, Map(r), Map(t)))));

    public void Write(Utf8JsonWriter writer, Prediction prediction) => SegmentationJournal.Write(writer, (SegmentationPrediction)prediction);

    public Prediction Read(JsonElement element) => SegmentationJournal.Read(element, truth.Classes.Length);

    public void WriteResults(Utf8JsonWriter writer, IEnumerable<Prediction> predictions) =>
        SegmentationJournal.WriteResults(writer, predictions.Cast<SegmentationPrediction>(), truth.Classes.Length);

    public Overlay Draw(Prediction prediction) => Masks(Map(prediction));

    public Overlay DrawTruth(Sample sample) => Masks(truth.ClassesOf(sample.Id));

    /// <summary>The pixels to which the two give different classes, one shape for each pair of classes.</summary>
    public Overlay DrawDifference(Prediction reference, Prediction target)
    {
        byte[] from = Map(reference).Values, to = Map(target).Values;
        (int width, int height) = (((SegmentationPrediction)reference).Width, ((SegmentationPrediction)reference).Height);
        IEnumerable<(byte From, byte To)> pairs = from.Zip(to).Where(p => p.First != p.Second).Distinct().Order();
        return new Overlay([.. pairs.Select(pair => new MaskShape(
            width, height, ClassRuns.Mask(from.Length, i => from[i] == pair.From && to[i] == pair.To),
            $"{truth.Classes[pair.From]} became {truth.Classes[pair.To]}", null, DifferenceGroup))]);
    }

    private LabelMap Map(Prediction prediction)
    {
        var classes = (SegmentationPrediction)prediction;
        return ClassRuns.ToMap(classes.Runs, classes.Width, classes.Height, truth.Classes.Length);
    }

    private Overlay Masks(LabelMap map) => new([.. map.Values.Distinct().Order().Where(c => c != IClassMaps.Ignored && c != truth.Rest)
        .Select(c => new MaskShape(map.Width, map.Height, ClassRuns.Mask(map.Values.Length, i => map.Values[i] == c), truth.Classes[c], null, c))]);
}
