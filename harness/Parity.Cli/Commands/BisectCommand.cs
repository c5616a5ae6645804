using System.Collections.Immutable;
using System.CommandLine;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Engine.Advising;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;

namespace Parity.Cli.Commands;

/// <summary>`parity bisect`: the metric with one model up to a cut and the other after it.</summary>
public static class BisectCommand
{
    public static Command Create()
    {
        var suite = new Argument<string>("suite") { Description = "Suite file (YAML)" };
        var target = new Option<string>("--target") { Description = "Target of the suite", Required = true };
        var data = new Option<string?>("--data") { Description = "Folder that the suite's paths are relative to (default: the suite's folder)" };
        var cuts = new Option<int>("--cuts") { Description = "Cuts spread over the model before closing in on the largest step", DefaultValueFactory = _ => Bisection.UsualCuts };
        var samples = new Option<int?>("--samples") { Description = $"First samples of the dataset to measure on (default: {Advisor.UsualSamples})" };
        var output = new Option<string?>("--out") { Description = "Folder to write bisect.json into (default: artifacts/<suite name>-bisect-<target>)" };
        cuts.Validators.Add(r =>
        {
            if (r.Tokens is [{ Value: var text }] && int.TryParse(text, out int count) && count < 1)
                r.AddError("--cuts needs a number of at least 1");
        });
        var command = new Command("bisect", "Run the float model up to a cut and the target's after it, and the reverse, over cuts: where the metric steps") { suite, target, data, cuts, samples, output };
        command.SetAction((parsed, stop) => Task.Run(() => Run(
            parsed.GetValue(suite)!, parsed.GetValue(target)!, parsed.GetValue(data), parsed.GetValue(cuts), parsed.GetValue(samples), parsed.GetValue(output), stop)));
        return command;
    }

    private static int Run(string path, string target, string? data, int cuts, int? samples, string? output, CancellationToken stop)
    {
        Suite suite = SuiteReader.Read(path, data, [target], null, Composition.Parts);
        string folder = Path.GetFullPath(output ?? Path.Combine("artifacts", $"{suite.Name}-bisect-{target}"));
        BisectRecord found = Progress.Watch(observer => new Bisection(suite, Composition.Backends, folder, observer).Run(cuts, samples, stop));
        Tables.Print($"{found.Suite}, {found.Target}: points of {found.Metric} lost on {found.Samples} samples",
            ["layers before the cut", "the last of them", "float before, target after", "target before, float after"],
            found.Cuts.Select(c => ImmutableArray.Create(c.Layers.ToString(System.Globalization.CultureInfo.InvariantCulture), c.Behind ?? "-", Tables.Points(c.FloatBefore.Drop), Tables.Points(c.FloatAfter.Drop))), [0, 2, 3]);
        Console.WriteLine($"furthest from float when alone quantized: {Step(found, found.Blamed)}");
        foreach (string layer in found.Steps)
            Console.WriteLine($"the metric steps most at: {Step(found, layer)}");
        Console.WriteLine(found.Confirmed switch
        {
            true => "confirmed: the metric steps most at the layer to blame",
            false => "refuted: the metric steps elsewhere",
            null => "undecided: the target's loss on these samples is within its standard error, or has no value",
        });
        Console.WriteLine(AdviceFiles.Bisection(folder));
        return ExitCode.Pass;
    }

    /// <summary>A layer with what the metric loses across it, either way round.</summary>
    private static string Step(BisectRecord found, string layer)
    {
        CutRecord behind = found.Cuts.First(c => c.Behind == layer), before = found.Cuts.First(c => c.Layers == behind.Layers - 1);
        return $"{layer} ({Tables.Points(before.FloatBefore.Drop - behind.FloatBefore.Drop)} points with float before it, {Tables.Points(behind.FloatAfter.Drop - before.FloatAfter.Drop)} with float after it)";
    }
}
