using System.Globalization;
using Parity.Core;
using Parity.Engine.Gating;
using Parity.Engine.Tests.Gating;

namespace Parity.Benchmarks.Gating;

/// <summary>How often one-sided 95 % bounds of several bootstraps hold the true drop, over datasets drawn from a simulated population.</summary>
public static class CoverageFigures
{
    private const int Datasets = 1000;
    private const double Confidence = 0.95;
    private static readonly string[] Methods = ["percentile", "expanded (the product's)", "basic", "normal", "BCa"];

    public static int Print(TextWriter output)
    {
        var pair = new SimulatedPair(1);
        output.WriteLine("metric     n    true drop   upper bound holds by: " + string.Join("  ", Methods) + "   lower bound holds by the same");
        foreach (int count in new[] { 30, 100, 300 })
        {
            foreach (var metric in SimulatedPair.Metrics)
            {
                double truth = Value(metric.Evaluate(pair.All.Reference), metric.Kind) - Value(metric.Evaluate(pair.All.Target), metric.Kind);
                var upper = new int[Methods.Length];
                var lower = new int[Methods.Length];
                Parallel.For(0, Datasets, d =>
                {
                    var (reference, target) = pair.Draw(count, new Random(d));
                    (double[] uppers, double[] lowers) = Bounds(metric.Evaluate(reference), metric.Evaluate(target), metric.Kind, (ulong)d);
                    for (int m = 0; m < Methods.Length; m++)
                    {
                        if (uppers[m] >= truth)
                            Interlocked.Increment(ref upper[m]);
                        if (lowers[m] <= truth)
                            Interlocked.Increment(ref lower[m]);
                    }
                });
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{metric.Name,-10}{count,4} {truth,8:0.0000}   {Shares(upper)}   {Shares(lower)}"));
            }
        }
        return 0;
    }

    private static string Shares(int[] held) => string.Join(' ', held.Select(h => string.Create(CultureInfo.InvariantCulture, $"{(double)h / Datasets:0.000}")));

    private static (double[] Upper, double[] Lower) Bounds(IEvaluation reference, IEvaluation target, int kind, ulong seed)
    {
        var plan = new BootstrapRecord(400, seed, Confidence);
        double[] from = PairedBootstrap.Replicates(reference, plan, CancellationToken.None)[kind], to = PairedBootstrap.Replicates(target, plan, CancellationToken.None)[kind];
        double[] drops = [.. from.Zip(to, (r, t) => r - t).Where(double.IsFinite).Order()];
        double drop = Value(reference, kind) - Value(target, kind);
        int n = reference.SampleIds.Length;
        double mean = drops.Average(), error = Math.Sqrt(drops.Sum(x => (x - mean) * (x - mean)) / (drops.Length - 1));
        double low = PairedBootstrap.Quantile(drops, 1 - Confidence), high = PairedBootstrap.Quantile(drops, Confidence);
        double expanded = PairedBootstrap.Expanded(Confidence, n);
        (double correctedLow, double correctedHigh) = Corrected(reference, target, kind, drops, drop);
        return (
            [high, PairedBootstrap.Quantile(drops, expanded), (2 * drop) - low, drop + (1.6449 * error * Math.Sqrt(n / (n - 1.0))), correctedHigh],
            [low, PairedBootstrap.Quantile(drops, 1 - expanded), (2 * drop) - high, drop - (1.6449 * error * Math.Sqrt(n / (n - 1.0))), correctedLow]);
    }

    /// <summary>Bias-corrected and accelerated (Efron 1987), the acceleration by the jackknife.</summary>
    private static (double Low, double High) Corrected(IEvaluation reference, IEvaluation target, int kind, double[] drops, double drop)
    {
        int n = reference.SampleIds.Length;
        var left = new double[n];
        int[] weights = [.. Enumerable.Repeat(1, n)];
        for (int i = 0; i < n; i++)
        {
            weights[i] = 0;
            left[i] = Value(reference, kind, weights) - Value(target, kind, weights);
            weights[i] = 1;
        }
        double mean = left.Average(), squares = left.Sum(x => (mean - x) * (mean - x)), cubes = left.Sum(x => Math.Pow(mean - x, 3));
        double acceleration = squares == 0 ? 0 : cubes / (6 * Math.Pow(squares, 1.5));
        double below = (drops.Count(d => d < drop) + (0.5 * drops.Count(d => d == drop))) / drops.Length;
        double bias = NormalDistribution.Quantile(Math.Clamp(below, 1e-3, 1 - 1e-3));
        return (At(-1.6449), At(1.6449));

        double At(double z) => PairedBootstrap.Quantile(drops, NormalDistribution.Cumulative(bias + ((bias + z) / (1 - (acceleration * (bias + z))))));
    }

    private static double Value(IEvaluation evaluation, int kind, int[]? weights = null)
    {
        var values = new double[evaluation.Kinds.Length];
        evaluation.Measure(weights ?? [.. Enumerable.Repeat(1, evaluation.SampleIds.Length)], values);
        return values[kind];
    }
}
