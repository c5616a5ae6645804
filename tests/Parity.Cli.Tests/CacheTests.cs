using System.Text.Json.Nodes;

namespace Parity.Cli.Tests;

/// <summary>Prepared targets are kept by content: a second run takes them, anything that matters makes them anew, and damage is found.</summary>
public sealed class CacheTests : IDisposable
{
    private readonly SmallSuite _suite = new();

    [Fact]
    public void A_second_run_takes_the_prepared_target_and_records_the_same_but_for_the_timings()
    {
        JsonObject first = Run(), second = Run();
        FromCache(first).Should().BeEmpty();
        FromCache(second).Should().Equal("tensorrt");
        first.Remove("timings");
        second.Remove("timings");
        second.ToJsonString().Should().Be(first.ToJsonString());

        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", "  - {profile: tensorrt, weights-calibrator: mse}\n"));
        JsonObject other = Run();
        FromCache(other).Should().BeEmpty("another plan is another model");
        other["targets"]![0]!["plan"]!["calibrator"]!.GetValue<string>().Should().Be("min-max, weights mse");
    }

    [Fact]
    public void A_damaged_entry_is_thrown_away_with_a_note()
    {
        Run();
        string model = Directory.EnumerateFiles(Cache, "model.onnx", SearchOption.AllDirectories).Single();
        byte[] bytes = File.ReadAllBytes(model);
        bytes[^9] ^= 1;
        File.WriteAllBytes(model, bytes);
        CommandLine.Result result = _suite.Run("--cache", Cache);
        result.Error.Should().Contain("is damaged").And.Contain("thrown away");
        FromCache(Record()).Should().BeEmpty();
        FromCache(Run()).Should().Equal(["tensorrt"], "the new preparation was kept");
    }

    private string Cache => _suite.Path("cache");

    private JsonObject Run()
    {
        CommandLine.Result result = _suite.Run("--cache", Cache);
        result.ExitCode.Should().BeOneOf([0, 1, 2], result.Error);
        return Record();
    }

    private JsonObject Record() => (JsonObject)JsonNode.Parse(File.ReadAllText(Path.Combine(_suite.Out, "run.json")))!;

    private static string[] FromCache(JsonObject run) => [.. ((JsonArray)run["timings"]!["fromCache"]!).Select(n => n!.GetValue<string>())];

    public void Dispose() => _suite.Dispose();
}
