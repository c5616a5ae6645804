using System.Collections.Immutable;
using System.Globalization;
using Parity.Benchmarks.Running;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Advising;
using Parity.Engine.Suites;

namespace Parity.Benchmarks.Advising;

/// <summary>
/// `advise` on the golden detector for RK1808 (65 convolutions): CPU time of its search with 16 probes, and its plan over few candidate layers beside the smallest set that passes the
/// same gate on the same scenes, found by trying every set of every smaller size.
/// </summary>
internal static class ExhaustiveFigures
{
    private const double MostSeconds = 60;

    /// <param name="options">--samples N (128), --candidates N (12, the layers that harm most by the cheap figure).</param>
    /// <returns>0 when the search is within its time and the plan within one layer of the optimum.</returns>
    public static int Print(TextWriter output, string[] options)
    {
        int samples = Option(options, "--samples", Advisor.UsualSamples), most = Option(options, "--candidates", 12);
        Suite suite = SuiteReader.Read(Path.Combine(SharedSuite.Repository, "suites", "demo.yaml"), null, ["rk1808"], null, Composition.Parts);
        string folder = Directory.CreateTempSubdirectory("parity-advise-").FullName;
        using LayerSwitches switches = LayerSwitches.Open(suite, Composition.Backends, Advisor.Probes, samples, folder, new Silent(), default);
        Goal goal = Goal.Of(suite.Policy, "rk1808", switches.Trials.Headline);
        var search = new PlanSearch(switches, goal, new Silent());
        output.WriteLine($"golden detector, rk1808, {switches.Layers.Length} layers, {switches.Trials.Probes} probes, {switches.Trials.Samples} scenes; goal: {goal.Text}; {CpuClock.Load()}");

        double start = CpuClock.Process();
        Sensitivities sensitivities = Sensitivities.Of(switches, goal.Metric, new Silent());
        double sensitivity = CpuClock.Process() - start;
        LayerChoice? plan = search.Find(sensitivities.Layers);
        double whole = CpuClock.Process() - start;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  search: {whole:0.0} s of CPU, of which sensitivities {sensitivity:0.0} s; {switches.Trials.Models} models (at most {MostSeconds} s) {(whole <= MostSeconds ? "met" : "MISSED")}"));
        output.WriteLine($"  rank correlation: {Told(sensitivities.OnlyThis)} (only it quantized), {Told(sensitivities.AllButThis)} (only it in float)");
        output.WriteLine($"  plan over all layers: {(plan is null ? "none" : Names(switches, plan.Float.Union(plan.Half).Union(plan.Int16)))}");

        ImmutableArray<int> candidates = [.. Enumerable.Range(0, switches.Layers.Length).OrderByDescending(i => sensitivities.Layers[i].OnlyThisError).ThenBy(i => i).Take(most)];
        output.WriteLine($"  candidates: {Names(switches, candidates)}");
        ImmutableSortedSet<int>? found = search.Among(sensitivities.Layers, candidates);
        output.WriteLine($"  advise among them: {(found is null ? "not even all together pass" : $"{found.Count}: {Names(switches, found)}")}");
        bool near = found is null ? !search.Passes([.. candidates]) : Smallest(output, switches, goal, candidates, found.Count) is { } smallest && found.Count <= smallest.Count + 1;
        output.WriteLine($"  within one layer of the optimum: {(near ? "met" : "MISSED")}");
        Directory.Delete(folder, recursive: true);
        return near && whole <= MostSeconds ? 0 : 1;
    }

    /// <summary>Every set of a size is tried before any larger one, up to the size that is known to pass; of the first size that does, the one that loses least.</summary>
    private static ImmutableSortedSet<int>? Smallest(TextWriter output, LayerSwitches switches, Goal goal, ImmutableArray<int> candidates, int enough)
    {
        for (int size = 0; size <= enough; size++)
        {
            var passing = Sets(candidates, size).Select(set => (Set: set, Drops: switches.Drops(set))).Where(s => goal.IsMet(s.Drops))
                .Select(s => (s.Set, Drop: s.Drops.First(d => d.Name == goal.Metric))).OrderBy(s => s.Drop.Drop).ToList();
            output.WriteLine($"    sets of {size}: {Sets(candidates, size).Count()} tried, {passing.Count} pass");
            foreach (var (set, drop) in passing.Take(3))
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"      {drop.Drop * 100:0.00} ± {drop.StandardError * 100:0.00} points: {Names(switches, set)}"));
            if (passing.Count > 0)
                return passing[0].Set;
        }
        return null;
    }

    private static IEnumerable<ImmutableSortedSet<int>> Sets(ImmutableArray<int> candidates, int size) =>
        Enumerable.Range(0, 1 << candidates.Length).Where(bits => int.PopCount(bits) == size).Select(bits => candidates.Where((_, i) => (bits >> i & 1) != 0).ToImmutableSortedSet());

    private static string Names(LayerSwitches switches, IEnumerable<int> layers) => string.Join(", ", layers.Select(l => switches.Layers[l].Name));

    private static string Told(RankRecord rank) => string.Create(CultureInfo.InvariantCulture, $"{rank.Correlation:0.00} over {rank.Layers} layers, {rank.BeyondNoise:0.00} over {rank.LayersBeyondNoise} beyond noise");

    private static int Option(string[] options, string name, int otherwise) =>
        Array.IndexOf(options, name) is >= 0 and var at ? int.Parse(options[at + 1], CultureInfo.InvariantCulture) : otherwise;
}
