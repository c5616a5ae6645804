using Parity.Core;
using Parity.Engine.Gating;
using Parity.Engine.Runs;
using Parity.Reports;

namespace Parity.Cli.Commands;

/// <summary>The pure half: verdict, JUnit and report from a run folder, here and now or any time later.</summary>
public static class Conclusion
{
    public static VerdictRecord Write(RunFolder folder, RunRecord run, Policy policy)
    {
        VerdictRecord verdict = Judge.Decide(run, policy);
        folder.Write(verdict);
        RunFolder.WriteWhole(folder.JUnit, stream => JUnitXml.Write(stream, verdict));
        WriteReport(folder, run, verdict);
        return verdict;
    }

    public static void WriteReport(RunFolder folder, RunRecord run, VerdictRecord? verdict)
    {
        foreach (ReportFile file in ReportSite.Render(run, verdict))
            RunFolder.WriteWhole(Path.Combine(folder.Report, file.Path), stream => stream.Write(file.Bytes.AsSpan()));
    }
}
