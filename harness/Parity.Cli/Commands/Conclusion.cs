using System.Collections.Immutable;
using System.IO.Compression;
using System.Text;
using Parity.Core;
using Parity.Engine.Gating;
using Parity.Engine.Runs;
using Parity.Reports;

namespace Parity.Cli.Commands;

/// <summary>The pure half: verdict, JUnit, summary and report from a run folder, here and now or any time later.</summary>
public static class Conclusion
{
    // Zip archives know no earlier time; a fixed one keeps the bytes the same.
    private static readonly DateTimeOffset PackedTime = new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static VerdictRecord Write(RunFolder folder, RunRecord run, Policy policy)
    {
        VerdictRecord verdict = Judge.Decide(run, policy);
        folder.Write(verdict);
        RunFolder.WriteWhole(folder.JUnit, stream => JUnitXml.Write(stream, verdict));
        Tell(folder, run, verdict);
        return verdict;
    }

    /// <summary>Summary and pages of what the folder holds. Without a verdict there is no summary.</summary>
    public static void Tell(RunFolder folder, RunRecord run, VerdictRecord? verdict)
    {
        FindingsRecord? findings = folder.ReadFindings();
        if (verdict is not null)
            RunFolder.WriteWhole(folder.Summary, stream => stream.Write(Encoding.UTF8.GetBytes(SummaryMarkdown.Of(run, verdict, findings))));
        WriteReport(folder, ReportSite.Render(new ReportContent(run, verdict, findings)));
    }

    public static void WriteReport(RunFolder folder, ImmutableArray<ReportFile> files)
    {
        foreach (ReportFile file in files)
            RunFolder.WriteWhole(Path.Combine(folder.Report, file.Path), stream => stream.Write(file.Bytes.AsSpan()));
    }

    public static void WriteSingleFile(RunFolder folder, ImmutableArray<ReportFile> files) =>
        RunFolder.WriteWhole(folder.SingleFile, stream => stream.Write(SingleFile.Of(files, picture => Picture(folder, picture)).AsSpan()));

    /// <summary>The report's files and the pictures of the run, in the folders in which they find each other.</summary>
    public static void WritePacked(RunFolder folder, RunRecord run, ImmutableArray<ReportFile> files) => RunFolder.WriteWhole(folder.Packed, stream =>
    {
        using var archive = new ZipArchive(stream, ZipArchiveMode.Create);
        foreach (ReportFile file in files)
            Add(archive, $"report/{file.Path}", file.Bytes.AsSpan());
        foreach (string picture in run.Targets.SelectMany(t => t.Images).Select(i => i.Picture).Distinct(StringComparer.Ordinal))
        {
            if (Picture(folder, picture) is { } bytes)
                Add(archive, picture, bytes);
        }
    });

    private static void Add(ZipArchive archive, string name, ReadOnlySpan<byte> bytes)
    {
        ZipArchiveEntry entry = archive.CreateEntry(name);
        entry.LastWriteTime = PackedTime;
        using Stream stream = entry.Open();
        stream.Write(bytes);
    }

    /// <summary>Records come from anywhere: a picture outside the run folder is none of the report's.</summary>
    private static byte[]? Picture(RunFolder folder, string picture)
    {
        string root = Path.GetFullPath(folder.Path) + Path.DirectorySeparatorChar, file = Path.GetFullPath(Path.Combine(root, picture));
        return file.StartsWith(root, StringComparison.Ordinal) && File.Exists(file) ? File.ReadAllBytes(file) : null;
    }
}
