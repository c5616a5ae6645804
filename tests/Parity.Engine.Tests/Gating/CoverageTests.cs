using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Gating;

namespace Parity.Engine.Tests.Gating;

/// <summary>What the bounds promise, over 200 datasets drawn from a population whose drop is known. <c>Parity.Benchmarks coverage</c> prints more.</summary>
public sealed class CoverageTests
{
    private const int Datasets = 200;
    private const int Pictures = 100;
    private const double Confidence = 0.95;

    public static TheoryData<string> Names => [.. SimulatedPair.Metrics.Where(m => m.Name != "perfect").Select(m => m.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void Each_one_sided_bound_holds_the_true_drop_at_its_nominal_rate(string name)
    {
        var metric = SimulatedPair.Metrics.Single(m => m.Name == name);
        var pair = new SimulatedPair(1);
        double truth = Value(metric.Evaluate(pair.All.Reference)) - Value(metric.Evaluate(pair.All.Target));
        int upper = 0, lower = 0;
        Parallel.For(0, Datasets, d =>
        {
            var (reference, target) = pair.Draw(Pictures, new Random(d));
            DropRecord drop = Drop(metric.Evaluate(reference), metric.Evaluate(target), (ulong)d);
            if (drop.Upper >= truth)
                Interlocked.Increment(ref upper);
            if (drop.Lower <= truth)
                Interlocked.Increment(ref lower);
        });

        truth.Should().BeGreaterThan(0.02, "a population without a drop would show little");
        // Three standard errors of a share of 200.
        double error = 3 * Math.Sqrt(Confidence * (1 - Confidence) / Datasets);
        ((double)upper / Datasets).Should().BeApproximately(Confidence, error);
        ((double)lower / Datasets).Should().BeApproximately(Confidence, error);

        double Value(IEvaluation evaluation)
        {
            var values = new double[evaluation.Kinds.Length];
            evaluation.Measure([.. Enumerable.Repeat(1, evaluation.SampleIds.Length)], values);
            return values[metric.Kind];
        }

        DropRecord Drop(IEvaluation reference, IEvaluation target, ulong seed)
        {
            var plan = new BootstrapRecord(300, seed, Confidence);
            double[][] Of(IEvaluation evaluation) => PairedBootstrap.Replicates(evaluation, plan, CancellationToken.None);
            Measurement Measured(IEvaluation evaluation) => new(name, Value(evaluation), "fraction", Direction.HigherIsBetter, Pictures);
            return PairedBootstrap.Drop(Measured(reference), Measured(target), Of(reference)[metric.Kind], Of(target)[metric.Kind], Confidence);
        }
    }
}
