using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Measuring;

namespace Parity.Engine.Advising;

/// <summary>What every layer does to the target by itself: cheaply for all, by the metric for some, so that it shows whether the cheap figure can be believed.</summary>
public sealed record Sensitivities(ImmutableArray<SensitivityRecord> Layers, RankRecord OnlyThis, RankRecord AllButThis)
{
    /// <summary>Half of these are the layers that matter most by the cheap figure, half are spread over the others.</summary>
    private const int ByMetric = 24;

    /// <summary>Standard errors that a change of the metric must exceed to be one.</summary>
    private const double Noise = 2;

    /// <param name="metric">Measurement to show.</param>
    public static Sensitivities Of(LayerSwitches switches, string metric, IRunObserver observer)
    {
        int count = switches.Layers.Length;
        double asIs = switches.Error([]);
        double? cost = switches.Cost([]);
        var only = new double[count];
        var allBut = new double[count];
        var costs = new double?[count];
        var together = new int[count];
        ImmutableArray<ImmutableSortedSet<int>> groups = Groups(switches, observer);
        observer.Begin("sensitivity", groups.Length);
        for (int g = 0; g < groups.Length; g++)
        {
            double quantized = switches.Error(switches.All.Except(groups[g])), inFloat = switches.Error(groups[g]);
            foreach (int i in groups[g])
                (only[i], allBut[i], together[i], costs[i]) = (quantized, inFloat, groups[g].Count, (switches.Cost(groups[g]) - cost) / groups[g].Count);
            observer.Advance("sensitivity", g + 1);
        }
        ImmutableArray<int> shown = Shown([.. Enumerable.Range(0, count).Where(i => together[i] == 1)], only);
        var drops = new DropRecord?[count];
        var gains = new DropRecord?[count];
        observer.Begin("sensitivity by the metric", shown.Length);
        for (int n = 0; n < shown.Length; n++)
        {
            int layer = shown[n];
            drops[layer] = switches.Drops(switches.All.Remove(layer)).FirstOrDefault(d => d.Name == metric);
            gains[layer] = switches.Gains([layer]).FirstOrDefault(d => d.Name == metric);
            observer.Advance("sensitivity by the metric", n + 1);
        }
        return new Sensitivities(
            [.. switches.Layers.Select((l, i) => new SensitivityRecord(l.Name, l.OpType, only[i], allBut[i], drops[i]?.Drop, drops[i]?.StandardError, -gains[i]?.Drop, gains[i]?.StandardError, costs[i], together[i]))],
            Rank(only, drops, 1), Rank([.. allBut.Select(e => asIs - e)], gains, -1));
    }

    /// <summary>The layer that by itself, alone quantized, is furthest from float.</summary>
    public static int Worst(LayerSwitches switches, IRunObserver observer) =>
        Groups(switches, observer).Where(g => g.Count == 1).MaxBy(g => switches.Error(switches.All.Except(g)))!.Single();

    private static ImmutableArray<ImmutableSortedSet<int>> Groups(LayerSwitches switches, IRunObserver observer)
    {
        int done = 0;
        observer.Begin("sensitivity of groups", 0);
        return LayerGroups.Of(switches.All.Count, group =>
        {
            observer.Advance("sensitivity of groups", ++done);
            return switches.Error(switches.All.Except(group));
        });
    }

    private static ImmutableArray<int> Shown(ImmutableArray<int> alone, double[] harm)
    {
        int[] order = [.. alone.OrderByDescending(i => harm[i]).ThenBy(i => i)];
        if (order.Length <= ByMetric)
            return [.. order.Order()];
        int[] others = order[(ByMetric / 2)..];
        return [.. order[..(ByMetric / 2)].Concat(Enumerable.Range(0, ByMetric / 2).Select(i => others[i * others.Length / (ByMetric / 2)])).Order()];
    }

    /// <param name="sign">1 where a drop is harm, -1 where it is gain.</param>
    private static RankRecord Rank(double[] cheap, DropRecord?[] metric, int sign)
    {
        int[] both = [.. Enumerable.Range(0, cheap.Length).Where(i => metric[i]?.Drop is not null)];
        int[] beyond = [.. both.Where(i => Math.Abs(metric[i]!.Drop!.Value) > Noise * metric[i]!.StandardError)];
        return new RankRecord(Spearman(both), both.Length, Spearman(beyond), beyond.Length);

        double? Spearman(int[] layers) => RankCorrelation.Spearman([.. layers.Select(i => cheap[i])], [.. layers.Select(i => sign * metric[i]!.Drop!.Value)]);
    }
}
