using System.CommandLine;
using Parity.Core;
using Parity.Engine.Runs;

namespace Parity.Cli.Commands;

/// <summary>`parity report`: the pages of a judged run folder again.</summary>
public static class ReportCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("dir") { Description = "Run folder" };
        var command = new Command("report", "Write the HTML report of a judged run again") { path };
        command.SetAction(parsed =>
        {
            var folder = new RunFolder(parsed.GetValue(path)!);
            RunRecord run = folder.ReadRun();
            Conclusion.WriteReport(folder, run, run.LayersOnly ? null : folder.ReadVerdict());
            Console.WriteLine(Path.Combine(folder.Report, "index.html"));
            return ExitCode.Pass;
        });
        return command;
    }
}
