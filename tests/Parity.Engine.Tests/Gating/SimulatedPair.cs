using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.Metrics;

namespace Parity.Engine.Tests.Gating;

/// <summary>
/// A population of pictures with what a reference and a slightly worse target say of each. A dataset is drawn from it with replacement, so the
/// population's own drop is exactly what a dataset's drop estimates.
/// </summary>
internal sealed class SimulatedPair
{
    private const int Population = 2000;

    /// <summary>One IoU threshold and one range of areas: AP50, at a fortieth of the cost of all twelve statistics.</summary>
    private static readonly CocoParameters Cheap = CocoParameters.Default with
    {
        IouThresholds = [0.5], Areas = [CocoParameters.Default.Areas[0]], MaxDetections = [100], Statistics = [new("AP50", true, 0, 0, 0)],
    };

    private readonly ImmutableArray<BoxSample> _reference;
    private readonly ImmutableArray<BoxSample> _target;

    public SimulatedPair(int seed)
    {
        var random = new Random(seed);
        var reference = ImmutableArray.CreateBuilder<BoxSample>(Population);
        var target = ImmutableArray.CreateBuilder<BoxSample>(Population);
        for (int i = 0; i < Population; i++)
        {
            // Pictures differ in how hard they are, which is what makes samples, and not boxes, the unit of the bootstrap.
            double ease = random.NextDouble();
            var labels = new List<BoxLabel>();
            var boxes = new List<ScoredBox>();
            var changed = new List<ScoredBox>();
            for (int k = random.Next(1, 5); k > 0; k--)
            {
                double x = 200 * k;
                labels.Add(new BoxLabel(k, 1, x, 0, 100, 100, 1e4, false));
                if (random.NextDouble() < 0.4 + (0.6 * ease))
                    Find(x + (60 * (1 - ease) * random.NextDouble()), ease);
            }
            for (int k = random.Next(4); k > 0; k--)
                Find(-300, 0.6 * ease);
            reference.Add(new BoxSample($"{i}", labels, boxes));
            target.Add(new BoxSample($"{i}", labels, changed));

            void Find(double x, double score)
            {
                double said = Math.Clamp(score + (0.4 * (random.NextDouble() - 0.5)), 0, 1);
                boxes.Add(new ScoredBox(x, 0, 100, 100, said, 0));
                if (random.NextDouble() < 0.95)
                    changed.Add(new ScoredBox(x + (12 * random.NextDouble()), 0, 100, 100, Math.Clamp(said + (0.2 * (random.NextDouble() - 0.5)), 0, 1), 0));
            }
        }
        _reference = reference.MoveToImmutable();
        _target = target.MoveToImmutable();
    }

    /// <summary>What can be measured, by name: average precision, a quotient of sums, a mean.</summary>
    public static ImmutableArray<(string Name, Func<IEnumerable<BoxSample>, IEvaluation> Evaluate, int Kind)> Metrics { get; } =
    [
        ("AP50", samples => BoxEvaluation.Of([new BoxCategory(1, "thing")], samples, Cheap), 0),
        ("precision", samples => new SummedEvaluation([new("precision", "fraction", Direction.HigherIsBetter)], 2,
            samples.Select(s => new SampleTerms(s.Id, [s.Boxes.Count(b => b.X % 200 < 34 && b.X > 0), s.Boxes.Count])), (sums, values) => values[0] = SummedEvaluation.Quotient(sums[0], sums[1])), 0),
        ("perfect", samples => new SummedEvaluation([new("perfect", "fraction", Direction.HigherIsBetter)], 2,
            samples.Select(s => new SampleTerms(s.Id, [1, s.Boxes.Count == s.Labels.Count ? 1 : 0])), (sums, values) => values[0] = SummedEvaluation.Quotient(sums[1], sums[0])), 0),
    ];

    public (ImmutableArray<BoxSample> Reference, ImmutableArray<BoxSample> Target) All => (_reference, _target);

    /// <summary>A dataset of pictures drawn with replacement, the same ones of both.</summary>
    public (ImmutableArray<BoxSample> Reference, ImmutableArray<BoxSample> Target) Draw(int count, Random random)
    {
        int[] drawn = [.. Enumerable.Range(0, count).Select(_ => random.Next(Population))];
        return ([.. drawn.Select((d, i) => _reference[d] with { Id = $"{i}" })], [.. drawn.Select((d, i) => _target[d] with { Id = $"{i}" })]);
    }
}
