using System.Collections.Immutable;
using System.CommandLine;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Engine.Runs;

namespace Parity.Cli.Commands;

/// <summary>`parity diagnose`: the findings of a run folder again.</summary>
public static class DiagnoseCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("dir") { Description = "Run folder" };
        var reference = new Option<string?>("--reference") { Description = "The run's float model, for the rules that compare the two graphs (default: where the run's suite says, from here)" };
        var command = new Command("diagnose", "Look for known faults in a run again, without running anything, and renew its summary and report") { path, reference };
        command.SetAction(parsed =>
        {
            var folder = new RunFolder(parsed.GetValue(path)!);
            RunRecord run = folder.ReadRun();
            string? given = parsed.GetValue(reference);
            FindingsRecord findings = FolderDiagnosis.Of(folder, run, given is not null ? [given] : Usual(folder), DiagnosisRules.All);
            if (given is not null && !findings.ReferenceSeen)
                throw new FaultException("it is not the model that the run compared with", given, $"Give the file {run.Reference.Model.File} with SHA-256 {run.Reference.Model.Sha256}.");
            folder.Write(findings);
            Conclusion.Tell(folder, run, run.LayersOnly ? null : folder.ReadVerdict());
            foreach (TargetRecord target in run.Targets)
                FindingLines.Print(target.Name, [.. findings.Of(target.Name)]);
            return ExitCode.Pass;
        });
        return command;
    }

    private static ImmutableArray<string> Usual(RunFolder folder)
    {
        string? model = File.Exists(folder.Suite)
            ? File.ReadLines(folder.Suite).Where(l => l.StartsWith("model:", StringComparison.Ordinal)).Select(l => l["model:".Length..].Split('#')[0].Trim(' ', '"', '\'')).FirstOrDefault()
            : null;
        return model is null ? [] : [.. new[] { ".", "suites", "..", Path.Combine(folder.Path, "..") }.Select(root => Path.Combine(root, model))];
    }
}
