using System.Collections.Immutable;
using System.CommandLine;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Engine.Advising;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;

namespace Parity.Cli.Commands;

/// <summary>`parity advise`: sensitivity of layers, the cheapest plan that passes, other remedies, and a verifying run on samples that the search did not see.</summary>
public static class AdviseCommand
{
    private const int ShownLayers = 24;

    public static Command Create()
    {
        var suite = new Argument<string>("suite") { Description = "Suite file (YAML)" };
        var target = new Option<string>("--target") { Description = "Target of the suite", Required = true };
        var data = new Option<string?>("--data") { Description = "Folder that the suite's paths are relative to (default: the suite's folder)" };
        var limit = new Option<int?>("--limit") { Description = "Use only the first N samples, for search and verification together" };
        var output = new Option<string?>("--out") { Description = "Folder to write advice.json, suite.yaml and verification/ into (default: artifacts/<suite name>-advice-<target>)" };
        var samples = new Option<int?>("--samples") { Description = $"Samples to search on; all others verify (default: {Advisor.UsualSamples}, at most a third)" };
        var planOnly = new Option<bool>("--plan-only") { Description = "Leave out the table of other remedies, each of which calibrates again" };
        var command = new Command("advise", "Find the layers to keep in another precision, compare remedies, verify the plan and write it into a suite") { suite, target, data, limit, output, samples, planOnly };
        command.SetAction((parsed, stop) => Task.Run(() => Run(
            parsed.GetValue(suite)!, parsed.GetValue(target)!, parsed.GetValue(data), parsed.GetValue(limit), parsed.GetValue(output), parsed.GetValue(samples), parsed.GetValue(planOnly), stop)));
        return command;
    }

    private static int Run(string path, string target, string? data, int? limit, string? output, int? samples, bool planOnly, CancellationToken stop)
    {
        Suite suite = SuiteReader.Read(path, data, [target], limit, Composition.Parts);
        TargetModels.CheckDisjoint(suite);
        string root = data ?? Path.GetDirectoryName(Path.GetFullPath(path))!;
        Suite Bound(string text, ImmutableArray<string> only) => SuiteReader.Parse(text, Path.GetFileName(path), root, only, limit, Composition.Parts, Path.GetDirectoryName(Path.GetFullPath(path)));
        int position = Bound(suite.Text, []).Targets.Select(t => t.Name).ToList().IndexOf(target);
        string folder = Path.GetFullPath(output ?? Path.Combine("artifacts", $"{suite.Name}-advice-{target}"));
        AdviceRecord advice = Progress.Watch(observer => new Advisor(suite, position, text => Bound(text, [target]), Composition.Backends, folder,
            new RunOptions(Composition.Tool, false, TimeProvider.System, Composition.PictureCodec), observer).Run(samples, !planOnly, stop));
        Print(advice);
        if (advice.Plan is not null)
            Console.WriteLine($"suite with the plan: {AdviceFiles.Suite(folder)}  (run it with --data {root})");
        Console.WriteLine($"{Tables.Word(advice.Verification?.Verdict ?? Verdict.Inconclusive)}  advice: {AdviceFiles.Advice(folder)}");
        return ExitCode.Of(advice.Verification?.Verdict ?? Verdict.Inconclusive);
    }

    private static void Print(AdviceRecord advice)
    {
        SearchRecord search = advice.Search;
        var layers = advice.Layers.OrderByDescending(l => l.OnlyThisError).ToList();
        Tables.Print($"{advice.Suite}, {advice.Target}: what each layer does ({Math.Min(ShownLayers, layers.Count)} of {layers.Count} layers, all in advice.json)",
            ["layer", "operator", "error, only it quantized", "error, only it in float", "drop, only it quantized", "gain, only it in float", "cost in float"],
            layers.Take(ShownLayers).Select(l => ImmutableArray.Create(l.Together == 1 ? l.Layer : $"{l.Layer} (with {l.Together - 1} neighbours)", l.OpType, Tables.Value(l.OnlyThisError), Tables.Value(l.AllButThisError),
                Points(l.OnlyThisDrop, l.OnlyThisNoise), Points(l.AllButThisGain, l.AllButThisNoise),
                l.Cost is { } cost ? $"+{Tables.Percent(cost)}" : "unknown")), [2, 3, 4, 5, 6]);
        Console.WriteLine($"an error is what the predictions lack on {search.Probes} probes with float's for the truth (0 is float); drops and gains are points of {search.Metric} on {search.Samples} samples with their standard errors");
        Console.WriteLine($"rank correlation of the two: only it quantized {Rank(search.OnlyThis)}; only it in float {Rank(search.AllButThis)}");
        Console.WriteLine(FormattableString.Invariant($"searched {search.Models} models in {search.CpuSeconds:0.0} s of CPU; goal: {search.Goal}"));
        if (!advice.Remedies.IsEmpty)
            Tables.Print("remedies, each by itself, on the searched samples", ["remedy", "what", "drop, points", "standard error", "cost", "note"],
            advice.Remedies.Select(r => ImmutableArray.Create(r.Remedy, r.Detail, r.Drop is null ? "-" : Tables.Points(r.Drop.Drop), r.Drop is null ? "-" : Tables.Points(r.Drop.StandardError),
                r.Cost is { } cost ? Tables.Value(cost) : "-", r.Missing ?? "")), [2, 3, 4]);
        if (advice.Plan is not { } plan || advice.Verification is not { } verified)
        {
            Console.WriteLine("no plan: even with every layer in float the goal is not reached on the searched samples");
            return;
        }
        foreach (var (precision, patterns) in new[] { ("float", plan.KeepFloat), ("fp16", plan.Float16), ("int16", plan.Int16) })
            if (!patterns.IsEmpty)
                Console.WriteLine($"plan: in {precision}: {string.Join(", ", patterns)}");
        Console.WriteLine($"verified on {verified.Samples} samples that the search ({verified.Searched}) and the calibration ({verified.Calibration}) did not see: {verified.Planned.Name} drop "
            + $"{Tables.Points(verified.AsIs.Drop)} points as it is, {Tables.Points(verified.Planned.Drop)} with the plan ({Tables.Points(verified.Planned.Lower)} to {Tables.Points(verified.Planned.Upper)}), "
            + $"quantized multiply-accumulates {(verified.QuantizedMacShare is { } share ? Tables.Percent(share) : "unknown")}");
        foreach (ClauseRecord clause in verified.Clauses)
            Console.WriteLine($"{Tables.Word(clause.Verdict),-12} {clause.Target}: {clause.Clause}: {clause.Reason}");
    }

    private static string Points(double? points, double? noise) => points is null ? "-" : $"{Tables.Points(points)} ± {Tables.Points(noise)}";

    private static string Rank(RankRecord rank) =>
        $"{Correlation(rank.Correlation)} over {rank.Layers} layers, {Correlation(rank.BeyondNoise)} over the {rank.LayersBeyondNoise} whose change is beyond two standard errors";

    private static string Correlation(double? value) => value is { } v ? FormattableString.Invariant($"{v:0.00}") : "no value";
}
