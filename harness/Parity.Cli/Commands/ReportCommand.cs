using System.Collections.Immutable;
using System.CommandLine;
using Parity.Core;
using Parity.Engine.Runs;
using Parity.Reports;

namespace Parity.Cli.Commands;

/// <summary>`parity report`: the pages of a judged run folder again, alone, beside another run's, or as one file to send.</summary>
public static class ReportCommand
{
    public static Command Create()
    {
        var path = new Argument<string>("dir") { Description = "Run folder" };
        var single = new Option<bool>("--single-file") { Description = "Write report.html too: all pages and pictures in one file" };
        var zip = new Option<bool>("--zip") { Description = "Write report.zip too: the report and its pictures, packed" };
        var against = new Option<string?>("--against") { Description = "Run folder of an earlier run to compare with" };
        var command = new Command("report", "Write the HTML report of a judged run again") { path, against, single, zip };
        command.SetAction(parsed =>
        {
            var folder = new RunFolder(parsed.GetValue(path)!);
            RunRecord run = folder.ReadRun();
            VerdictRecord? verdict = run.LayersOnly ? null : folder.ReadVerdict();
            ComparisonRecord? comparison = parsed.GetValue(against) is { } other && verdict is not null ? Compare(new RunFolder(other), run, verdict) : null;
            ImmutableArray<ReportFile> files = ReportSite.Render(new ReportContent(run, verdict, folder.ReadFindings(), comparison));
            Conclusion.WriteReport(folder, files);
            Console.WriteLine(Path.Combine(folder.Report, "index.html"));
            if (parsed.GetValue(single))
            {
                Conclusion.WriteSingleFile(folder, files);
                Console.WriteLine(folder.SingleFile);
            }
            if (parsed.GetValue(zip))
            {
                Conclusion.WritePacked(folder, run, files);
                Console.WriteLine(folder.Packed);
            }
            return ExitCode.Pass;
        });
        return command;
    }

    private static ComparisonRecord Compare(RunFolder earlier, RunRecord run, VerdictRecord verdict) =>
        RunComparison.Of(earlier.ReadRun(), earlier.ReadVerdict(), run, verdict);
}
