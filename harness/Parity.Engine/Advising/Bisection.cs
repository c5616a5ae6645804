using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;

namespace Parity.Engine.Advising;

/// <summary>`parity bisect`: the metric with the float model up to a cut and the target's after it, and the reverse, over cuts; around the largest steps the cuts close in on one layer.</summary>
/// <param name="suite">With one target.</param>
public sealed class Bisection(Suite suite, ImmutableArray<IBackend> backends, string folder, IRunObserver observer)
{
    public const int UsualCuts = 12;

    /// <param name="cuts">Evenly spread ones before closing in.</param>
    /// <param name="samples">The first so many of the dataset; null for the usual number.</param>
    /// <exception cref="FaultException">The target or the reference cannot run.</exception>
    public BisectRecord Run(int cuts, int? samples, CancellationToken stop)
    {
        int used = Math.Min(samples ?? Advisor.UsualSamples, suite.Dataset.Samples.Length);
        using LayerSwitches switches = LayerSwitches.Open(suite, backends, Math.Min(Advisor.Probes, used), used, Path.Combine(folder, "search"), observer, stop);
        string metric = Goal.Of(suite.Policy, suite.Targets[0].Name, switches.Trials.Headline).Metric;
        int count = switches.Layers.Length;
        var records = new SortedDictionary<int, CutRecord>();
        observer.Begin("bisect", 0);
        for (int c = 0; c <= cuts; c++)
            Cut((int)Math.Round((double)c * count / cuts));
        // Around the blamed layer too, so that its own step is among the figures.
        int blamed = Sensitivities.Worst(switches, observer);
        Cut(blamed);
        Cut(blamed + 1);
        int before = CloseIn(c => c.FloatBefore), after = CloseIn(c => c.FloatAfter);
        ImmutableArray<string> steps = [.. new[] { before, after }.Where(s => s >= 0).Distinct().Select(s => switches.Layers[s].Name)];
        DropRecord whole = records[0].FloatBefore;
        bool? confirmed = whole.Drop is { } drop && whole.StandardError is { } noise && Math.Abs(drop) > noise && !steps.IsEmpty ? steps.Contains(switches.Layers[blamed].Name) : null;
        var bisection = new BisectRecord(BisectRecord.CurrentSchema, suite.Name, suite.Sha256, suite.Targets[0].Name, switches.Trials.Samples, metric,
            [.. records.Values], switches.Layers[blamed].Name, steps, confirmed);
        AdviceFiles.Write(folder, bisection);
        return bisection;

        void Cut(int layers)
        {
            if (records.ContainsKey(layers))
                return;
            stop.ThrowIfCancellationRequested();
            ImmutableSortedSet<int> first = [.. Enumerable.Range(0, layers)];
            records[layers] = new CutRecord(layers, layers == 0 ? null : switches.Layers[layers - 1].Name, Drop(first), Drop(switches.All.Except(first)));
        }

        DropRecord Drop(ImmutableSortedSet<int> inFloat) => switches.Drops(inFloat).FirstOrDefault(d => d.Name == metric)
            ?? new DropRecord(metric, "", null, null, null, null, null, null, switches.Trials.Samples);

        // The layer at the largest step of one direction; -1 without values.
        int CloseIn(Func<CutRecord, DropRecord> side)
        {
            while (true)
            {
                var ordered = records.Values.Where(r => side(r).Drop is not null).ToList();
                if (ordered.Count < 2)
                    return -1;
                var (from, to) = ordered.Zip(ordered.Skip(1)).MaxBy(p => Math.Abs(side(p.First).Drop!.Value - side(p.Second).Drop!.Value));
                if (to.Layers - from.Layers == 1)
                    return from.Layers;
                int middle = (from.Layers + to.Layers) / 2;
                if (records.ContainsKey(middle))
                    return -1;
                Cut(middle);
            }
        }
    }
}
