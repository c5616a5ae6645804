using System.Text.Json;
using System.Xml.Linq;

namespace Parity.Cli.Tests;

/// <summary>Targets that cannot run beside one that can: recorded with reason and remedy, and never a pass.</summary>
public sealed class AbsentTargetTests : IDisposable
{
    private readonly SmallSuite _suite = new(pictures: 3);

    [Theory]
    [InlineData("bbox/AP drop <= 50 points", 3, "pass")]
    [InlineData("bbox/AP >= 0.999", 1, "fail")]
    public void An_absent_device_is_not_run_while_the_other_target_is_judged(string clause, int exit, string other)
    {
        if (Composition.Backends.Single(b => b.Name == "onnxruntime-cuda").Availability.IsReady)
            Assert.Skip("this machine has a CUDA device");
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", "  - {profile: tensorrt, name: gpu, backend: onnxruntime-cuda}\n  - tensorrt\n").Replace("bbox/AP drop <= 50 points", clause));

        var result = _suite.Run();

        result.ExitCode.Should().Be(exit, result.Output + result.Error);
        Verdicts().Should().Equal(("gpu", "notRun"), ("tensorrt", other));
        JsonElement availability = _suite.Json("run.json").GetProperty("targets")[0].GetProperty("availability");
        availability.GetProperty("reason").GetString().Should().Contain("CUDAExecutionProvider");
        availability.GetProperty("remedy").GetString().Should().NotBeNullOrEmpty();
        XDocument.Load(Path.Combine(_suite.Out, "junit.xml")).Descendants("error").Should().ContainSingle();
        CommandLine.Run("judge", _suite.Out).ExitCode.Should().Be(exit, "judging again is judging the same");
    }

    [Theory]
    [InlineData("keep-float: [\"hed*\"]", "no layer is named 'hed*'", "The nearest name is 'head")]
    [InlineData("model: squares.onnx", "the model has no Q/DQ pairs", "Give a quantized model, or lower this one")]
    public void A_target_that_cannot_be_lowered_is_not_run_and_says_why(string setting, string reason, string remedy)
    {
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", $"  - {{profile: tensorrt, name: odd, {setting}}}\n  - tensorrt\n"));

        var result = _suite.Run();

        result.ExitCode.Should().Be(3);
        Verdicts().Should().Equal(("odd", "notRun"), ("tensorrt", "pass"));
        result.Output.Should().Contain(reason).And.Contain(remedy);
    }

    [Fact]
    public void A_calibration_picture_that_cannot_be_read_keeps_the_target_from_running()
    {
        File.WriteAllText(_suite.Path("calibration", "c1.jpg"), "hi");

        var result = _suite.Run();

        result.ExitCode.Should().Be(3);
        result.Output.Should().Contain("c1.jpg: the file is neither JPEG nor PNG");
    }

    [Fact]
    public void A_target_kept_in_float_altogether_is_inconclusive()
    {
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", "  - {profile: tensorrt, keep-float: [\"*\"]}\n"));

        var result = _suite.Run();

        result.ExitCode.Should().Be(2);
        result.Output.Should().Contain("nothing was quantized");
    }

    public void Dispose() => _suite.Dispose();

    private IEnumerable<(string?, string?)> Verdicts() => _suite.Json("verdict.json").GetProperty("clauses").EnumerateArray()
        .Select(c => (c.GetProperty("target").GetString(), c.GetProperty("verdict").GetString()));
}
