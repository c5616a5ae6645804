using System.CommandLine;
using Parity.Cli.Terminal;
using Parity.Core;
using Parity.Engine.Gating;
using Parity.Engine.Runs;
using Parity.Engine.Suites;

namespace Parity.Cli.Commands;

/// <summary>`parity judge`: the verdict of a run folder again, perhaps by another policy.</summary>
public static class JudgeCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("dir") { Description = "Run folder" };
        var policy = new Option<string?>("--policy") { Description = "Policy or suite file to judge by (default: the run's own suite)" };
        var command = new Command("judge", "Judge a run again, without running anything, and renew its report") { path, policy };
        command.SetAction(parsed => Judge(parsed.GetValue(path)!, parsed.GetValue(policy)));
        return command;
    }

    private static int Judge(string path, string? policyFile)
    {
        var folder = new RunFolder(path);
        RunRecord run = folder.ReadRun();
        if (run.LayersOnly)
            throw new FaultException("two models were compared layer by layer, so there is no metric to judge", path, "Write a suite with a task and a policy, and `parity run` it.");
        string file = policyFile ?? folder.Suite;
        if (!File.Exists(file))
            throw new FaultException("there is no such file", file, "Give a suite or policy by --policy.");
        Policy policy = SuiteReader.ReadPolicy(File.ReadAllText(file), file);
        VerdictRecord verdict = Conclusion.Write(folder, run, policy);
        Tables.PrintVerdict(run, verdict);
        return ExitCode.Of(verdict.Verdict);
    }
}
