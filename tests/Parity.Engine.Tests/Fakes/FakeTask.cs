using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;

namespace Parity.Engine.Tests.Fakes;

/// <summary>A task whose prediction is the first output element, summed over runs, and whose metric is the weighted mean of it.</summary>
public sealed class FakeTask : ITask
{
    public string Kind => "fake";

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults) { }

    /// <summary>Null runs the model on whole pictures.</summary>
    public Func<Sample, ImmutableArray<PictureRegion>>? RegionsOf { get; init; }

    public ImmutableArray<PictureRegion>? Regions(Sample sample) => RegionsOf?.Invoke(sample);

    public Prediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain)
    {
        float value = runs.Sum(r => r.Outputs["y"].Span<float>()[0]);
        if (!float.IsFinite(value))
            throw new FaultException($"output 'y' holds {value}", $"sample {sample.Id}", "Look for an overflow in the model.");
        return new FakePrediction(sample.Id, value);
    }

    public PredictionComparison Compare(Prediction reference, Prediction target) =>
        new([], ImmutableSortedDictionary<string, int>.Empty.Add("equal", reference.Equals(target) ? 1 : 0));

    public double? Agreement(IReadOnlyList<Prediction> reference, IReadOnlyList<Prediction> target) => null;

    public IEvaluation Evaluate(IReadOnlyList<Prediction> predictions) => new FakeEvaluation([.. predictions.Cast<FakePrediction>()]);

    public void Write(Utf8JsonWriter writer, Prediction prediction)
    {
        writer.WriteStartObject();
        writer.WriteString("id", prediction.SampleId);
        writer.WriteNumber("value", ((FakePrediction)prediction).Value);
        writer.WriteEndObject();
    }

    public Prediction Read(JsonElement element) => new FakePrediction(element.GetProperty("id").GetString()!, element.GetProperty("value").GetSingle());

    public void WriteResults(Utf8JsonWriter writer, IEnumerable<Prediction> predictions)
    {
        writer.WriteStartArray();
        foreach (Prediction prediction in predictions)
            Write(writer, prediction);
        writer.WriteEndArray();
    }

    public Overlay Draw(Prediction prediction) => Overlay.Empty;

    public Overlay DrawTruth(Sample sample) => Overlay.Empty;
}

public sealed record FakePrediction(string SampleId, float Value) : Prediction(SampleId, ImmutableSortedDictionary<string, int>.Empty.Add("kept", 1));

public sealed class FakeEvaluation(ImmutableArray<FakePrediction> predictions) : IEvaluation
{
    public ImmutableArray<MeasurementKind> Kinds { get; } = [new("fake/mean", "fraction", Direction.HigherIsBetter)];

    public ImmutableArray<string> SampleIds { get; } = [.. predictions.Select(p => p.SampleId)];

    public void Measure(ReadOnlySpan<int> weights, Span<double> values)
    {
        double sum = 0;
        int count = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            sum += weights[i] * (double)predictions[i].Value;
            count += weights[i];
        }
        values[0] = count == 0 ? double.NaN : sum / count;
    }
}
