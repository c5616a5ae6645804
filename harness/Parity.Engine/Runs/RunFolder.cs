using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Runs;

/// <summary>
/// The folder a run leaves behind, with all that judge and report need: run.json, findings.json, verdict.json, suite.yaml, junit.xml, journal.jsonl,
/// summary.md, predictions/, replicates/, targets/&lt;name&gt;/, pictures/, report/.
/// </summary>
public sealed class RunFolder(string path)
{
    public string Path { get; } = path;

    public string Journal => In("journal.jsonl");

    public string Suite => In("suite.yaml");

    public string JUnit => In("junit.xml");

    /// <summary>Markdown for a pull-request comment.</summary>
    public string Summary => In("summary.md");

    public string Report => In("report");

    /// <summary>The report and its pictures as one HTML file.</summary>
    public string SingleFile => In("report.html");

    /// <summary>The report's folder and its pictures, packed.</summary>
    public string Packed => In("report.zip");

    public string Target(string name) => In("targets", name);

    public string Predictions(string name) => In("predictions", $"{name}.json");

    public string Replicates(string name) => In("replicates", $"{name}.json");

    public string Picture(string file) => In("pictures", file);

    public void Write(RunRecord run) => Write(In("run.json"), run, RunJson.Files.RunRecord);

    public void Write(VerdictRecord verdict) => Write(In("verdict.json"), verdict, RunJson.Files.VerdictRecord);

    public void Write(FindingsRecord findings) => Write(In("findings.json"), findings, RunJson.Files.FindingsRecord);

    /// <summary>Null in a folder that was not diagnosed.</summary>
    /// <exception cref="FaultException">Not JSON, or of another schema.</exception>
    public FindingsRecord? ReadFindings()
    {
        if (!File.Exists(In("findings.json")))
            return null;
        FindingsRecord findings = Read(In("findings.json"), RunJson.Files.FindingsRecord);
        return findings.Schema == FindingsRecord.CurrentSchema ? findings
            : throw new FaultException($"findings.json has schema {findings.Schema}, this parity reads {FindingsRecord.CurrentSchema}", In("findings.json"), "Write it again by `parity diagnose`.");
    }

    /// <summary>A target's layer map, beside its model.</summary>
    public static void WriteLayers(string folder, LayerMap map) => Write(System.IO.Path.Combine(folder, "layers.json"), map, RunJson.Files.LayerMap);

    /// <exception cref="FaultException">No layers.json, or not JSON.</exception>
    public static LayerMap ReadLayers(string folder) => Read(System.IO.Path.Combine(folder, "layers.json"), RunJson.Files.LayerMap);

    /// <summary>A run writes over what is there, which must not be somebody's pictures.</summary>
    /// <exception cref="FaultException">The folder holds files, and none of a run.</exception>
    public void RequireOwn()
    {
        if (Directory.Exists(Path) && Directory.EnumerateFileSystemEntries(Path).Any() && !File.Exists(Suite))
            throw new FaultException("the folder holds other files than a run's", Path, "Give a new or empty folder, or that of an earlier run, by --out.");
    }

    /// <summary>Takes away what an earlier run concluded, so that a run which fails leaves no verdict that is not its own.</summary>
    public void ForgetConclusions()
    {
        foreach (string file in new[] { In("run.json"), In("verdict.json"), In("findings.json"), JUnit, Summary })
            File.Delete(file);
    }

    /// <exception cref="FaultException">No run.json, not JSON, or of another schema.</exception>
    public RunRecord ReadRun()
    {
        RunRecord run = Read(In("run.json"), RunJson.Files.RunRecord);
        if (run.Schema != RunRecord.CurrentSchema)
            throw new FaultException($"run.json has schema {run.Schema}, this parity reads {RunRecord.CurrentSchema}", In("run.json"), "Use the parity that wrote it, or run again.");
        return run;
    }

    /// <exception cref="FaultException">No verdict.json, or not JSON.</exception>
    public VerdictRecord ReadVerdict() => Read(In("verdict.json"), RunJson.Files.VerdictRecord);

    /// <summary>Writes whole or not at all: a reader never sees half a file.</summary>
    public static void WriteWhole(string file, Action<Stream> write)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        string partial = file + ".partial";
        using (FileStream stream = File.Create(partial))
            write(stream);
        File.Move(partial, file, overwrite: true);
    }

    private string In(params ReadOnlySpan<string> parts) => System.IO.Path.Combine([Path, .. parts]);

    private static void Write<T>(string file, T value, JsonTypeInfo<T> type) => WriteWhole(file, stream =>
    {
        JsonSerializer.Serialize(stream, value, type);
        stream.WriteByte((byte)'\n');
    });

    private static T Read<T>(string file, JsonTypeInfo<T> type) where T : class
    {
        if (!File.Exists(file))
            throw new FaultException("there is no such file", file, "Give a folder that `parity run` wrote.");
        try
        {
            using FileStream stream = File.OpenRead(file);
            return JsonSerializer.Deserialize(stream, type) ?? throw new JsonException("null");
        }
        catch (JsonException e)
        {
            throw new FaultException($"not a record of a run: {e.Message}", file, "Run again, or restore the file.");
        }
    }
}
