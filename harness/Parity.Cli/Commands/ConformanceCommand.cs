using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Parity.Cli.Terminal;
using Parity.Conformance;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Engine.Suites;

namespace Parity.Cli.Commands;

/// <summary>`parity conformance`: a target's arithmetic and a backend's operators against vectors that neither made.</summary>
public static class ConformanceCommand
{
    public static Command Create()
    {
        var target = new Option<string>("--target") { Description = $"One of {string.Join(", ", ConformanceRules.Targets)}, or a chip's file (.yaml)", Required = true };
        var backend = new Option<string>("--backend") { Description = $"What runs operators: {string.Join(", ", Composition.Backends.Select(b => b.Name))}", DefaultValueFactory = _ => Composition.Backends[0].Name };
        var nodeTests = new Option<string?>("--onnx-node-tests") { Description = "Folder of ONNX's backend node tests to run as well" };
        var output = new Option<string?>("--out") { Description = "JSON file to write" };
        var command = new Command("conformance", "Hold quantization, calibration, TopK and NMS against vectors of the specification") { target, backend, nodeTests, output };
        command.SetAction(parsed => Run(parsed.GetValue(target)!, parsed.GetValue(backend)!, parsed.GetValue(nodeTests), parsed.GetValue(output)));
        return command;
    }

    /// <summary>Nothing that could not be run passes, so a run with such vectors and no failure is inconclusive.</summary>
    public static int ExitStatus(ConformanceRecord record) =>
        record.Rules.Any(r => r.Failed > 0) ? ExitCode.Fail
        : record.Rules.Sum(r => r.Passed) == 0 ? ExitCode.CouldNotRun
        : record.NotRun is not null || record.Rules.Any(r => r.NotRun > 0) ? ExitCode.Inconclusive
        : ExitCode.Pass;

    private static int Run(string target, string backend, string? nodeTests, string? output)
    {
        IBackend runs = BackendNames.Find(Composition.Backends, backend, "--backend");
        ConformanceRecord record = ProfileFile.IsFile(target) && ProfileFile.Named(target, "--target") is var chip
            ? ConformanceRun.Of(chip.Name, chip, runs, nodeTests) : ConformanceRun.Of(target, runs, nodeTests);
        Tables.Print($"{record.Target} by {record.Backend}", ["rule", "run by", "vectors", "passed", "failed", "not run"],
            record.Rules.Select(r => System.Collections.Immutable.ImmutableArray.Create(r.Rule, r.RunBy, Count(r.Vectors), Count(r.Passed), Count(r.Failed), Count(r.NotRun))), [2, 3, 4, 5]);
        if (record.NotRun is { } reason)
            Console.WriteLine($"not run      {reason}");
        foreach (RuleResult rule in record.Rules.Where(r => r.Counterexample is not null))
            Console.WriteLine($"failed       {rule.Rule}: {rule.Counterexample} ({rule.Source})");
        // A backend that is absent is absent for every vector: said once above.
        foreach (string missing in record.NotRun is null ? record.Rules.SelectMany(r => r.NotRunReasons.Select(n => $"{r.Rule}: {n}")) : [])
            Console.WriteLine($"not run      {missing}");
        if (output is not null)
            RunFolder.WriteWhole(Path.GetFullPath(output), stream => JsonSerializer.Serialize(stream, record, ConformanceJson.Files.ConformanceRecord));
        int status = ExitStatus(record);
        Console.WriteLine($"{(status switch { ExitCode.Pass => "PASS", ExitCode.Fail => "FAIL", ExitCode.Inconclusive => "INCONCLUSIVE", _ => "NOT RUN" })}  {Count(record.Rules.Sum(r => r.Passed))} of {Count(record.Rules.Sum(r => r.Vectors))} vectors passed");
        return status;
    }

    private static string Count(int value) => value.ToString("N0", CultureInfo.InvariantCulture);
}
