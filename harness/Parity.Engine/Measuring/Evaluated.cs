using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Gating;

namespace Parity.Engine.Measuring;

/// <summary>One session's predictions turned into numbers.</summary>
/// <param name="Predictions">By sample id.</param>
/// <param name="Replicates">[measurement][resample]; NaN where a resample has no value.</param>
/// <param name="Counts">The stages' counts summed over samples.</param>
public sealed record Evaluated(
    ITask Task, IReadOnlyDictionary<string, Prediction> Predictions, IEvaluation Evaluation, ImmutableArray<Measurement> Measurements, double[][] Replicates, ImmutableSortedDictionary<string, long> Counts)
{
    /// <param name="plan">Null makes no replicates.</param>
    public static Evaluated Of(ITask task, IReadOnlyList<Prediction> predictions, BootstrapRecord? plan, CancellationToken stop)
    {
        IEvaluation evaluation = task.Evaluate(predictions);
        var values = new double[evaluation.Kinds.Length];
        var ones = new int[evaluation.SampleIds.Length];
        Array.Fill(ones, 1);
        evaluation.Measure(ones, values);
        var measurements = evaluation.Kinds
            .Select((k, i) => new Measurement(k.Name, double.IsFinite(values[i]) ? values[i] : null, k.Unit, k.Direction, ones.Length))
            .ToImmutableArray();
        double[][] replicates = plan is null ? [.. evaluation.Kinds.Select(_ => Array.Empty<double>())] : PairedBootstrap.Replicates(evaluation, plan, stop);
        var counts = predictions.SelectMany(p => p.Counts).GroupBy(c => c.Key).ToImmutableSortedDictionary(g => g.Key, g => g.Sum(c => (long)c.Value), StringComparer.Ordinal);
        return new Evaluated(task, predictions.ToDictionary(p => p.SampleId, StringComparer.Ordinal), evaluation, measurements, replicates, counts);
    }

    /// <summary>Drops of a target against this reference, measurement by measurement of the same name.</summary>
    public ImmutableArray<DropRecord> Drops(Evaluated target, double confidence)
    {
        var drops = ImmutableArray.CreateBuilder<DropRecord>();
        for (int k = 0; k < Measurements.Length; k++)
        {
            int other = target.Measurements.ToList().FindIndex(m => m.Name == Measurements[k].Name);
            if (other >= 0)
                drops.Add(PairedBootstrap.Drop(Measurements[k], target.Measurements[other], Replicates[k], target.Replicates[other], confidence));
        }
        return drops.ToImmutable();
    }

    /// <summary>The drops by class and size, and the curves; null for tasks that do not tell.</summary>
    /// <param name="drops">Of the same target, taken where they are of the same part.</param>
    public BreakdownRecord? Breakdown(Evaluated target, ImmutableArray<DropRecord> drops)
    {
        Breakdown here = Evaluation.Breakdown(), there = target.Evaluation.Breakdown();
        ImmutableArray<PartRecord> parts =
        [
            .. here.Parts.Join(there.Parts, Key, Key, (r, t) => new PartRecord(r.By, r.Name, r.Items, Drop(r.Measured, t.Measured))),
        ];
        ImmutableArray<CurveRecord> curves = [.. here.Curves.Join(there.Curves, c => c.Measurement, c => c.Measurement, (r, t) => new CurveRecord(r.Measurement, r.Precision, t.Precision))];
        return parts.IsEmpty && curves.IsEmpty ? null : new BreakdownRecord(parts, curves);

        static (string, string, string) Key(MetricPart part) => (part.Measured.Name, part.By, part.Name);

        DropRecord Drop(Measurement reference, Measurement other) =>
            drops.FirstOrDefault(d => d.Name == reference.Name && d.Reference == reference.Value && d.Target == other.Value) ?? PairedBootstrap.Drop(reference, other, [], [], 0.5);
    }

    /// <summary>How far a target's predictions lie from this reference's.</summary>
    public ImmutableArray<Measurement> Apart(Evaluated target) =>
        Task.Apart([.. Evaluation.SampleIds.Select(id => Predictions[id])], [.. Evaluation.SampleIds.Select(id => target.Predictions[id])]);

    /// <summary>The headline measurement on one sample alone; null where there is no value.</summary>
    public double? Alone(int sample)
    {
        // Weights of one sample and zeros mean the same, but would walk every sample for each: minutes on a dataset of thousands.
        IEvaluation alone = Task.Evaluate([Predictions[Evaluation.SampleIds[sample]]]);
        var values = new double[alone.Kinds.Length];
        alone.Measure([1], values);
        return double.IsFinite(values[0]) ? values[0] : null;
    }
}
