using System.Diagnostics;
using System.Text.Json;

namespace Parity.Cli.Tests;

/// <summary>kill -9 and Ctrl-C in the middle of the samples, then --resume.</summary>
public sealed class InterruptionTests : IDisposable
{
    private const int Samples = 1000;
    private readonly SmallSuite _suite = new();

    public InterruptionTests() => _suite.Repeat(Samples);

    [Fact]
    public void Killed_and_resumed_no_finished_sample_repeats_and_the_record_is_that_of_a_run_without_interruption()
    {
        using (Process process = Start())
        {
            int seen = WaitForSamples(process, 100);
            process.Kill();
            process.WaitForExit();
            seen.Should().BeLessThan(Samples, "else nothing was interrupted");
        }
        int finished = FinishedSamples();
        finished.Should().BeInRange(100, Samples - 1);
        File.Exists(Path.Combine(_suite.Out, "run.json")).Should().BeFalse();

        _suite.Run("--resume").ExitCode.Should().Be(0);

        JsonElement timings = _suite.Json("run.json").GetProperty("timings");
        timings.GetProperty("samplesResumed").GetInt32().Should().Be(finished);
        timings.GetProperty("samplesMeasured").GetInt32().Should().Be(Samples - finished);
        Indices().Should().Equal(Enumerable.Range(0, Samples), "every sample stands in the journal once");
        string whole = _suite.Path("whole");
        CommandLine.Run("run", _suite.Path("suite.yaml"), "--out", whole).ExitCode.Should().Be(0);
        _suite.RunWithoutTimings().Should().Be(_suite.RunWithoutTimings(whole));
        File.ReadAllBytes(Path.Combine(_suite.Out, "predictions", "tensorrt.json")).Should().Equal(File.ReadAllBytes(Path.Combine(whole, "predictions", "tensorrt.json")));
    }

    [Fact]
    public async Task Ctrl_C_ends_promptly_with_exit_3_keeps_the_journal_and_names_resume()
    {
        // Many more than are run, so that a busy machine cannot finish them before the signal comes.
        const int Many = 8 * Samples;
        _suite.Repeat(Many);
        using Process process = Start();
        CancellationToken stop = TestContext.Current.CancellationToken;
        Task<string> error = process.StandardError.ReadToEndAsync(stop), output = process.StandardOutput.ReadToEndAsync(stop);
        WaitForSamples(process, 100);
        Process.Start("kill", ["-INT", process.Id.ToString()]).WaitForExit();
        process.WaitForExit(TimeSpan.FromSeconds(20)).Should().BeTrue();

        process.ExitCode.Should().Be(3);
        (await error).Should().Contain("stopped").And.Contain("--resume").And.NotContain("   at ");
        (await output).Should().BeEmpty("nothing was judged");
        int finished = FinishedSamples();
        finished.Should().BeInRange(100, Many - 1);

        _suite.WriteSuite(SmallSuite.Yaml.Replace("0.05", "0.06"));
        var other = _suite.Run("--resume");
        other.ExitCode.Should().Be(3);
        other.Error.Should().Contain("the journal is of another suite, model, dataset or version").And.Contain("Run without --resume");
        FinishedSamples().Should().Be(finished, "what is refused is not harmed");
    }

    public void Dispose() => _suite.Dispose();

    private string Journal => Path.Combine(_suite.Out, "journal.jsonl");

    private Process Start() => CommandLine.Start("run", _suite.Path("suite.yaml"), "--out", _suite.Out);

    private int WaitForSamples(Process process, int count)
    {
        for (var clock = Stopwatch.StartNew(); clock.Elapsed < TimeSpan.FromMinutes(1) && !process.WaitForExit(2);)
        {
            int lines = File.Exists(Journal) ? FinishedSamples() : 0;
            if (lines >= count)
                return lines;
        }
        throw new TimeoutException("no progress in the journal, or the end before an interruption");
    }

    private int FinishedSamples() => Math.Max(0, Text().Count(c => c == '\n') - 1);

    private IEnumerable<int> Indices() => Text().Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(l => JsonDocument.Parse(l).RootElement.GetProperty("sample").GetInt32());

    private string Text()
    {
        using var file = new FileStream(Journal, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        using var reader = new StreamReader(file);
        return reader.ReadToEnd();
    }
}
