using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Gating;

/// <summary>
/// The paired bootstrap over samples: every resample draws n samples with replacement, the same ones for reference and target,
/// and both metrics are computed with samples weighted by how often they were drawn (Efron and Tibshirani 1993, ch. 13).
/// </summary>
public static class PairedBootstrap
{
    /// <summary>
    /// Replicates of every measurement of an evaluation: [measurement][resample], NaN where a resample has no value.
    /// Resample b draws the same samples for every evaluation of the same samples and seed, so replicates pair up.
    /// </summary>
    /// <param name="threads">Most threads at work; the replicates do not depend on it.</param>
    public static double[][] Replicates(IEvaluation evaluation, BootstrapRecord plan, CancellationToken stop, int? threads = null)
    {
        int samples = evaluation.SampleIds.Length;
        int kinds = evaluation.Kinds.Length;
        var replicates = Enumerable.Range(0, kinds).Select(_ => new double[plan.Resamples]).ToArray();
        Parallel.For(0, plan.Resamples, new ParallelOptions { CancellationToken = stop, MaxDegreeOfParallelism = threads ?? -1 }, resample =>
        {
            var weights = new int[samples];
            var random = new SplitMix64(plan.Seed, resample);
            for (int i = 0; i < samples; i++)
                weights[random.Below(samples)]++;
            Span<double> values = stackalloc double[kinds];
            evaluation.Measure(weights, values);
            for (int k = 0; k < kinds; k++)
                replicates[k][resample] = values[k];
        });
        return replicates;
    }

    /// <summary>
    /// The drop of one measurement with one-sided percentile bounds, expanded for the number of samples. Resamples without a value are
    /// left out; when more than a tenth have none, or there is but one sample, there are no bounds.
    /// </summary>
    public static DropRecord Drop(Measurement reference, Measurement target, ReadOnlySpan<double> referenceReplicates, ReadOnlySpan<double> targetReplicates, double confidence)
    {
        double sign = reference.Direction == Direction.HigherIsBetter ? 1 : -1;
        double? drop = reference.Value is { } r && target.Value is { } t ? sign * (r - t) : null;
        var drops = new List<double>(referenceReplicates.Length);
        for (int b = 0; b < referenceReplicates.Length; b++)
        {
            double d = sign * (referenceReplicates[b] - targetReplicates[b]);
            if (double.IsFinite(d))
                drops.Add(d);
        }

        if (drop is null || reference.Count < 2 || drops.Count == 0 || drops.Count < 0.9 * referenceReplicates.Length)
            return new DropRecord(reference.Name, reference.Unit, reference.Value, target.Value, drop, null, null, null, reference.Count);

        drops.Sort();
        double expanded = Expanded(confidence, reference.Count);
        double mean = drops.Average();
        double variance = drops.Sum(d => (d - mean) * (d - mean)) / Math.Max(1, drops.Count - 1);
        return new DropRecord(reference.Name, reference.Unit, reference.Value, target.Value, drop,
            Quantile(drops, 1 - expanded), Quantile(drops, expanded), Math.Sqrt(variance), reference.Count);
    }

    /// <summary>
    /// The quantile that has a confidence's meaning with n samples (Hesterberg 2015, section 3.3): resamples scatter by sqrt((n - 1) / n) too
    /// little, and their scatter is itself an estimate, as in Student's t.
    /// </summary>
    public static double Expanded(double confidence, int samples) =>
        NormalDistribution.Cumulative(Math.Sqrt(samples / (samples - 1.0)) * NormalDistribution.StudentQuantile(confidence, samples - 1));

    /// <summary>Linear interpolation between order statistics (type 7 of Hyndman and Fan 1996).</summary>
    public static double Quantile(IReadOnlyList<double> ascending, double probability)
    {
        double position = probability * (ascending.Count - 1);
        int below = (int)Math.Floor(position);
        int above = Math.Min(below + 1, ascending.Count - 1);
        return ascending[below] + (position - below) * (ascending[above] - ascending[below]);
    }
}
