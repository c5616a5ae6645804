using System.Diagnostics;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Parity.Cli.Tests;

/// <summary>A suite whose sessions live in another process.</summary>
public sealed class RemoteTests : IDisposable
{
    private readonly SmallSuite _suite = new();
    private Process? _server;

    [Fact]
    public void The_same_suite_gives_the_same_run_json_here_and_across_loopback_apart_from_timings_and_where_it_ran()
    {
        _suite.Run().ExitCode.Should().Be(0);
        string backend = Serve(), there = _suite.Path("there");
        _suite.WriteSuite(SmallSuite.Yaml.Replace("model: squares.onnx\n", $"model: squares.onnx\nbackend: {backend}\n").Replace("  - tensorrt\n", $"  - {{profile: tensorrt, backend: \"{backend}\"}}\n"));

        var result = CommandLine.Run("run", _suite.Path("suite.yaml"), "--out", there);

        result.ExitCode.Should().Be(0, result.Output + result.Error);
        string here = _suite.RunWithoutTimings(), remote = _suite.RunWithoutTimings(there);
        remote.Should().Contain($"\"backend\": \"{backend}\"").And.Contain("integer");
        // The address stands in the suite's text, so the suite's hash tells the two apart as well.
        remote.Replace(backend, "onnxruntime-cpu").Replace(Sha(there), Sha(_suite.Out)).Should().Be(here);
        foreach (string folder in new[] { "predictions", "replicates", "pictures" })
        {
            foreach (string file in Directory.EnumerateFiles(Path.Combine(_suite.Out, folder)))
                File.ReadAllBytes(Path.Combine(there, folder, Path.GetFileName(file))).Should().Equal(File.ReadAllBytes(file), file);
        }
        _suite.Json("run.json", there).GetProperty("targets")[0].GetProperty("probe").GetProperty("layers").GetArrayLength().Should().BePositive("taps came across");
    }

    [Theory]
    [InlineData("http://127.0.0.1:1", "no server answers there")]
    [InlineData("http://127.0.0.1:1/elsewhere", "'/elsewhere' is no path to a model")]
    [InlineData("ftp://127.0.0.1", "is no address of a server")]
    public void A_target_at_an_address_where_nothing_is_never_passes(string address, string reason)
    {
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", $"  - {{profile: tensorrt, name: far, backend: \"remote:{address}\"}}\n  - tensorrt\n"));

        var result = _suite.Run();

        result.ExitCode.Should().BeOneOf(3, 64);
        (result.Output + result.Error).Should().Contain(reason);
    }

    [Fact]
    public async Task A_server_killed_in_the_middle_is_not_run_and_the_other_target_is_judged_as_if_it_had_been_alone()
    {
        _suite.Repeat(300);
        _suite.Run().ExitCode.Should().Be(0);
        string backend = Serve(), there = _suite.Path("there");
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", $"  - {{profile: tensorrt, name: far, backend: \"{backend}\"}}\n  - tensorrt\n"));
        using Process run = CommandLine.Start("run", _suite.Path("suite.yaml"), "--out", there);
        Task<string> output = run.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken), error = run.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        string journal = System.IO.Path.Combine(there, "journal.jsonl");
        while (!run.HasExited && (!File.Exists(journal) || new FileInfo(journal).Length < 4096))
            run.WaitForExit(2);
        _server!.Kill(entireProcessTree: true);

        run.WaitForExit(TimeSpan.FromMinutes(1)).Should().BeTrue();

        run.ExitCode.Should().Be(3, await output + await error);
        JsonElement[] targets = [.. _suite.Json("run.json", there).GetProperty("targets").EnumerateArray()];
        targets[0].GetProperty("availability").GetProperty("reason").GetString().Should().StartWith("it was lost while it ran: http://127.0.0.1:");
        targets[0].GetProperty("availability").GetProperty("remedy").GetString().Should().NotBeNullOrEmpty();
        targets[1].GetRawText().Should().Be(_suite.Json("run.json").GetProperty("targets")[0].GetRawText());
        _suite.Json("verdict.json", there).GetProperty("clauses").EnumerateArray().Select(c => c.GetProperty("verdict").GetString()).Should().Equal("notRun", "pass");
        _suite.Json("run.json", there).GetProperty("timings").GetProperty("samplesResumed").GetInt32().Should().BePositive("finished samples are not repeated");
    }

    public void Dispose()
    {
        if (_server is { HasExited: false })
            _server.Kill(entireProcessTree: true);
        _server?.WaitForExit();
        _server?.Dispose();
        _suite.Dispose();
    }

    private string Serve()
    {
        _server = CommandLine.Start("serve-model", _suite.Path("squares.onnx"), "--port", "0");
        while (_server.StandardOutput.ReadLine() is { } line)
        {
            if (Regex.Match(line, "in a suite: backend: (remote:http://127.0.0.1:\\d+)$") is { Success: true } found)
                return found.Groups[1].Value;
        }
        throw new InvalidOperationException($"the server did not start: {_server.StandardError.ReadToEnd()}");
    }

    private string Sha(string folder) => _suite.Json("run.json", folder).GetProperty("suiteSha256").GetString()!;
}
