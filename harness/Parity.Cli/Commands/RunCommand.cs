using System.CommandLine;
using System.Globalization;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Engine.Gating;
using Parity.Engine.Measuring;
using Parity.Engine.Runs;
using Parity.Engine.Suites;

namespace Parity.Cli.Commands;

/// <summary>`parity run`: measure, judge, report.</summary>
public static class RunCommand
{
    private const int ShownFindings = 3;

    public static Command Create()
    {
        var suite = new Argument<string>("suite") { Description = "Suite file (YAML)" };
        var targets = new Option<string[]>("--target") { Description = "Run only this target of the suite; may be repeated", AllowMultipleArgumentsPerToken = false };
        var data = new Option<string?>("--data") { Description = "Folder that the suite's paths are relative to (default: the suite's folder)" };
        var limit = new Option<int?>("--limit") { Description = "Evaluate only the first N samples" };
        var output = new Option<string?>("--out") { Description = "Run folder to write (default: artifacts/<suite name>)" };
        var resume = new Option<bool>("--resume") { Description = "Go on from the samples that an interrupted run finished" };
        var cache = new Option<string?>("--cache") { Description = "Folder that keeps prepared targets for the next run (default: $PARITY_CACHE, else ~/.cache/parity)" };
        var noCache = new Option<bool>("--no-cache") { Description = "Prepare every target anew" };
        limit.Validators.Add(r =>
        {
            // A text that is no number is the parser's to report; asking for its value would throw.
            if (r.Tokens is [{ Value: var text }] && int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int count) && count < 1)
                r.AddError("--limit needs a number of samples of at least 1");
        });
        var command = new Command("run", "Run the float reference and every target of a suite on the same samples, judge and report")
        {
            suite, targets, data, limit, output, resume, cache, noCache,
        };
        command.SetAction((parsed, stop) => Task.Run(() => Run(
            parsed.GetValue(suite)!, parsed.GetValue(targets) ?? [], parsed.GetValue(data), parsed.GetValue(limit), parsed.GetValue(output), parsed.GetValue(resume),
            parsed.GetValue(noCache) ? null : new PreparedCache(parsed.GetValue(cache) ?? Composition.CacheFolder, Composition.Build),
            string.Join(' ', parsed.Tokens.Select(t => Quoted(t.Value)).Prepend("parity")), stop)));
        return command;
    }

    private static int Run(string path, string[] targets, string? data, int? limit, string? output, bool resume, PreparedCache? cache, string typed, CancellationToken stop)
    {
        Suite suite = SuiteReader.Read(path, data, [.. targets], limit, Composition.Parts);
        TargetModels.CheckDisjoint(suite);
        var folder = new RunFolder(Path.GetFullPath(output ?? Path.Combine("artifacts", suite.Name)));
        folder.RequireOwn();
        RunRecord run;
        try
        {
            run = Progress.Watch(observer => new SuiteRun(suite, Composition.Backends, folder,
                new RunOptions(Composition.Tool, resume, TimeProvider.System, Composition.PictureCodec, cache, typed), observer).Run(stop));
        }
        catch (FaultException e)
        {
            Faults.Print(e);
            return ExitCode.CouldNotRun;
        }

        FindingsRecord findings = FolderDiagnosis.Of(folder, run, [suite.ModelPath], DiagnosisRules.All);
        folder.Write(findings);
        VerdictRecord verdict = Conclusion.Write(folder, run, suite.Policy);
        Console.WriteLine();
        Tables.PrintVerdict(run, verdict);
        foreach (string failed in verdict.Clauses.Where(c => c.Verdict == Verdict.Fail).Select(c => c.Target).Distinct())
            FindingLines.Print(failed, [.. findings.Of(failed)], ShownFindings);
        Console.WriteLine($"{Tables.Word(verdict.Verdict)}  report: {Path.Combine(folder.Report, "index.html")}");
        return ExitCode.Of(verdict.Verdict);
    }

    /// <summary>As a POSIX shell takes it for one word.</summary>
    private static string Quoted(string word) =>
        word.Length > 0 && word.All(c => char.IsAsciiLetterOrDigit(c) || "-_./:=,@%+".Contains(c)) ? word : $"'{word.Replace("'", "'\\''")}'";
}
