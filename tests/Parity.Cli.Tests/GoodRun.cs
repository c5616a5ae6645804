namespace Parity.Cli.Tests;

/// <summary>One run of the small suite with two clauses on two targets, shared by the tests that only look at what it left.</summary>
public sealed class GoodRun : IDisposable
{
    public GoodRun()
    {
        Suite.WriteSuite(SmallSuite.Yaml
            .Replace("  - tensorrt\n", "  - tensorrt\n  - {profile: tensorrt, name: head-in-float, keep-float: [\"head*\"]}\n")
            .Replace("drop <= 50 points\n", "drop <= 50 points\n    - quantized-macs >= 0.5\n"));
        Result = Suite.Run();
    }

    public SmallSuite Suite { get; } = new();

    public CommandLine.Result Result { get; }

    /// <summary>A copy of the run folder for a test that changes it.</summary>
    public string Copy(string name)
    {
        string copy = Suite.Path(name);
        foreach (string file in Directory.EnumerateFiles(Suite.Out, "*", SearchOption.AllDirectories))
        {
            string to = Path.Combine(copy, Path.GetRelativePath(Suite.Out, file));
            Directory.CreateDirectory(Path.GetDirectoryName(to)!);
            File.Copy(file, to);
        }
        return copy;
    }

    public void Dispose() => Suite.Dispose();
}
