using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Measuring;

namespace Parity.Engine.Advising;

/// <summary>What every layer does to the target by itself: cheaply for all, by the metric for some, so that it shows whether the cheap figure can be believed.</summary>
/// <param name="RankOnlyThis">Spearman's correlation of the cheap figure and the metric, where the metric was measured.</param>
internal sealed record Sensitivities(ImmutableArray<SensitivityRecord> Layers, double? RankOnlyThis, double? RankAllButThis)
{
    /// <summary>Half of these are the layers that matter most by the cheap figure, half are spread over the others.</summary>
    private const int ByMetric = 24;

    /// <param name="metric">Measurement to show.</param>
    public static Sensitivities Of(LayerSwitches switches, string metric, IRunObserver observer)
    {
        int count = switches.Layers.Length;
        double asIs = switches.Error([]);
        double? cost = Cost(switches, []);
        var only = new double[count];
        var allBut = new double[count];
        var costs = new double?[count];
        observer.Begin("sensitivity", count);
        for (int i = 0; i < count; i++)
        {
            only[i] = switches.Error(switches.All.Remove(i));
            allBut[i] = switches.Error([i]);
            costs[i] = Cost(switches, [i]) - cost;
            observer.Advance("sensitivity", i + 1);
        }
        ImmutableArray<int> shown = Shown([.. Enumerable.Range(0, count).Select(i => asIs - allBut[i])]);
        var drops = new double?[count];
        var gains = new double?[count];
        observer.Begin("sensitivity by the metric", shown.Length);
        double? before = Drop([]);
        for (int n = 0; n < shown.Length; n++)
        {
            int layer = shown[n];
            drops[layer] = Drop(switches.All.Remove(layer));
            gains[layer] = before - Drop([layer]);
            observer.Advance("sensitivity by the metric", n + 1);
        }
        return new Sensitivities(
            [.. switches.Layers.Select((l, i) => new SensitivityRecord(l.Name, l.OpType, only[i], allBut[i], drops[i], gains[i], costs[i]))],
            Rank(only, drops), Rank([.. allBut.Select(e => asIs - e)], gains));

        double? Drop(ImmutableSortedSet<int> inFloat) => switches.Drops(inFloat).FirstOrDefault(d => d.Name == metric)?.Drop;
    }

    private static double? Cost(LayerSwitches switches, ImmutableSortedSet<int> inFloat) => switches.With(inFloat, [], []).Cost.Relative;

    private static ImmutableArray<int> Shown(double[] gains)
    {
        int[] order = [.. Enumerable.Range(0, gains.Length).OrderByDescending(i => gains[i]).ThenBy(i => i)];
        if (order.Length <= ByMetric)
            return [.. order.Order()];
        int[] others = order[(ByMetric / 2)..];
        return [.. order[..(ByMetric / 2)].Concat(Enumerable.Range(0, ByMetric / 2).Select(i => others[i * others.Length / (ByMetric / 2)])).Order()];
    }

    private static double? Rank(double[] cheap, double?[] metric)
    {
        int[] both = [.. Enumerable.Range(0, cheap.Length).Where(i => metric[i] is not null)];
        return RankCorrelation.Spearman([.. both.Select(i => cheap[i])], [.. both.Select(i => metric[i]!.Value)]);
    }
}
