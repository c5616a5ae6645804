using System.Text.Json;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Cli.Tests;

/// <summary>`parity advise`, `parity bisect` and the swap test of `parity run` on a detector of which one convolution does not bear one scale for all its weights.</summary>
public sealed class AdviceTests : IDisposable
{
    private const string Broken = "body/conv";

    private readonly SmallSuite _suite = new(pictures: 24);

    public AdviceTests()
    {
        BreakBody();
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", "  - rk1808   # one scale for all weights\n").Replace("<= 50 points", "<= 5 points"));
    }

    [Fact]
    public void Advise_keeps_the_broken_layer_in_float_and_verifies_it_on_other_pictures()
    {
        CommandLine.Result result = CommandLine.Run("advise", _suite.Path("suite.yaml"), "--target", "rk1808", "--out", _suite.Out);

        result.ExitCode.Should().Be(0, result.Error + result.Output);
        JsonElement advice = _suite.Json("advice.json");
        JsonElement plan = advice.GetProperty("plan");
        plan.GetProperty("keepFloat").EnumerateArray().Concat(plan.GetProperty("float16").EnumerateArray()).Concat(plan.GetProperty("int16").EnumerateArray())
            .Select(p => p.GetString()).Should().Equal(Broken);
        advice.GetProperty("layers").EnumerateArray().MaxBy(l => l.GetProperty("onlyThisError").GetDouble()).GetProperty("layer").GetString().Should().Be(Broken);
        JsonElement verified = advice.GetProperty("verification");
        verified.GetProperty("asIs").GetProperty("drop").GetDouble().Should().BeGreaterThan(0.2);
        verified.GetProperty("planned").GetProperty("drop").GetDouble().Should().BeLessThan(0.05);
        (verified.GetProperty("samples").GetInt32() + verified.GetProperty("searched").GetInt32()).Should().Be(24, "no picture is in both");
        File.ReadAllText(_suite.Path("out", "suite.yaml")).Should().Contain($"\"{Broken}\"").And.Contain("# one scale for all weights", "the author's comments stay");
        result.Output.Should().Contain("verified on 16 samples that the search (8) and the calibration (3) did not see");
    }

    [Fact]
    public void Bisect_names_the_step_at_the_broken_layer_in_both_directions_and_confirms_it()
    {
        CommandLine.Result result = CommandLine.Run("bisect", _suite.Path("suite.yaml"), "--target", "rk1808", "--out", _suite.Out);

        result.ExitCode.Should().Be(0, result.Error + result.Output);
        JsonElement found = _suite.Json("bisect.json");
        found.GetProperty("steps").EnumerateArray().Select(s => s.GetString()).Should().Equal(Broken);
        found.GetProperty("blamed").GetString().Should().Be(Broken);
        found.GetProperty("confirmed").GetBoolean().Should().BeTrue();
        JsonElement[] cuts = [.. found.GetProperty("cuts").EnumerateArray()];
        int at = Array.FindIndex(cuts, c => c.GetProperty("behind").GetString() == Broken);
        Drop(cuts[at - 1], "floatBefore").Should().BeGreaterThan(0.2, "the target's part begins before the broken layer");
        Drop(cuts[at], "floatBefore").Should().BeLessThan(0.05, "and behind it");
        Drop(cuts[at], "floatAfter").Should().BeGreaterThan(0.2);
        result.Output.Should().Contain("confirmed: the metric steps most at the layer to blame");
    }

    [Fact]
    public void The_finding_at_the_broken_layer_comes_first_with_the_points_that_it_explains()
    {
        _suite.WriteSuite(File.ReadAllText(_suite.Path("suite.yaml")) + "experiments: 2\n");
        CommandLine.Result result = _suite.Run();

        result.ExitCode.Should().Be(1, result.Error + result.Output);
        JsonElement finding = _suite.Json("findings.json").GetProperty("findings")[0];
        finding.GetProperty("node").GetString().Should().Be(Broken);
        JsonElement swap = finding.GetProperty("swap");
        swap.GetProperty("experiment").GetProperty("keepFloat").EnumerateArray().Select(n => n.GetString()).Should().Equal(Broken);
        double lost = _suite.Json("run.json").GetProperty("targets")[0].GetProperty("drops")[0].GetProperty("drop").GetDouble();
        swap.GetProperty("gain").GetProperty("drop").GetDouble().Should().BeApproximately(-lost, 0.05, "the whole loss is this layer's");
    }

    public void Dispose() => _suite.Dispose();

    private static double Drop(JsonElement cut, string side) => cut.GetProperty(side).GetProperty("drop").GetDouble();

    /// <summary>A weight so large that its neighbours round to zero beside it, on a channel that is always zero: in float nothing changes, nor does any range of activations.</summary>
    private void BreakBody()
    {
        OnnxModel model = SquareDetector.Build();
        float[] stem = model.Graph.Constant("stem.weight")!.Span<float>().ToArray(), body = model.Graph.Constant("body.weight")!.Span<float>().ToArray();
        const int taps = 16, inputs = 3, channels = 4;
        stem.AsSpan((channels - 1) * inputs * taps).Clear();
        body[((channels * channels) - 1) * taps] = 1000;
        body[(((channels - 1) * channels) - 1) * taps] = 10;
        model.Graph.SetInitializer("stem.weight", Tensor.Create(stem, channels, inputs, 4, 4));
        model.Graph.SetInitializer("body.weight", Tensor.Create(body, channels, channels, 4, 4));
        model.Save(_suite.Path("squares.onnx"));
    }
}
