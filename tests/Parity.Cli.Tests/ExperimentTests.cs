using System.Text.Json;

namespace Parity.Cli.Tests;

/// <summary>What rules want measured, a run measures; what an engine says of its layers, rules read.</summary>
public sealed class ExperimentTests : IDisposable
{
    private readonly SmallSuite _suite = new();

    [Fact]
    public void A_swap_gains_what_a_target_with_that_layer_in_float_has_more_and_an_engines_layers_are_held_against_QDQ()
    {
        File.WriteAllText(_suite.Path("engine.json"), """
            {"Layers": [
              {"Name": "stem/conv + stem/relu", "LayerType": "CaskConvolution", "Inputs": [{"Name": "images", "Format/Datatype": "Four wide channel vectorized row major Int8 format"}]},
              {"Name": "body/conv + body/relu", "LayerType": "CaskConvolution", "Inputs": [{"Name": "stem_relu", "Format/Datatype": "Row major linear FP16 format"}]},
              {"Name": "head/conv", "LayerType": "CaskConvolution", "Inputs": [{"Name": "body_relu", "Format/Datatype": "N/A due to dynamic shapes"}]}]}
            """);
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", "  - {profile: tensorrt, layer-info: engine.json}\n  - rk1808\n  - {profile: rk1808, name: kept, keep-float: [\"head/conv\"]}\n") + "experiments: 3\n");

        _suite.Run().ExitCode.Should().BeLessThan(3);

        JsonElement[] findings = Findings();
        Of(findings, "tensorrt", "effective-precision").Should().ContainSingle().Which.GetProperty("node").GetString().Should().Be("body/conv");
        JsonElement swap = Of(findings, "rk1808", "parts-of-unlike-range").Single(f => f.GetProperty("node").GetString() == "head/conv").GetProperty("swap");
        JsonElement run = _suite.Json("run.json");
        double Value(string target) => run.GetProperty("targets").EnumerateArray().Single(t => t.GetProperty("name").GetString() == target).GetProperty("measurements")[0].GetProperty("value").GetDouble();
        swap.GetProperty("samples").GetInt32().Should().Be(10);
        swap.GetProperty("gain").GetProperty("reference").GetDouble().Should().Be(Value("rk1808"));
        swap.GetProperty("gain").GetProperty("target").GetDouble().Should().Be(Value("kept"));
    }

    [Fact]
    public void A_suite_with_swapped_colours_is_told_which_colours_win()
    {
        _suite.WriteSuite(SmallSuite.Yaml.Replace("color: rgb", "color: bgr") + "experiments: 2\n");

        _suite.Run().ExitCode.Should().BeLessThan(3);

        JsonElement first = Findings()[0];
        first.GetProperty("rule").GetString().Should().Be("wrong-preprocessing");
        first.GetProperty("certainty").GetString().Should().Be("likely");
        first.GetProperty("remedy").GetString().Should().Contain("color: rgb");
        JsonElement gain = first.GetProperty("swap").GetProperty("gain");
        gain.GetProperty("reference").GetDouble().Should().BeLessThan(0.1);
        gain.GetProperty("target").GetDouble().Should().BeGreaterThan(0.4);
    }

    public void Dispose() => _suite.Dispose();

    private JsonElement[] Findings() => [.. _suite.Json("findings.json").GetProperty("findings").EnumerateArray()];

    private static IEnumerable<JsonElement> Of(JsonElement[] findings, string target, string rule) =>
        findings.Where(f => f.GetProperty("target").GetString() == target && f.GetProperty("rule").GetString() == rule);
}
