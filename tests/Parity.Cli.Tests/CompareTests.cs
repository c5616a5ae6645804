namespace Parity.Cli.Tests;

/// <summary>`parity compare` on the small detector and what `parity lower` makes of it.</summary>
public sealed class CompareTests : IDisposable
{
    private readonly SmallSuite _suite = new(pictures: 2);

    [Fact]
    public void Two_models_are_compared_layer_by_layer_without_metric_and_verdict()
    {
        CommandLine.Run("lower", _suite.Path("squares.onnx"), "--target", "tensorrt", "--calibration", _suite.Path("calibration"), "--suite", _suite.Path("suite.yaml"), "--out", _suite.Path("lowered"))
            .ExitCode.Should().Be(0);

        var compared = CommandLine.Run("compare", _suite.Path("squares.onnx"), _suite.Path("lowered", "model.onnx"), "--images", _suite.Path("images"), "--suite", _suite.Path("suite.yaml"), "--out", _suite.Path("compared"));

        compared.ExitCode.Should().Be(0, compared.Error);
        compared.Output.Should().Contain("tensors of the float model were found in the target").And.Contain("nothing was judged");
        var run = _suite.Json("run.json", _suite.Path("compared"));
        run.GetProperty("layersOnly").GetBoolean().Should().BeTrue();
        run.GetProperty("targets")[0].GetProperty("probe").GetProperty("layers").GetArrayLength().Should().BeGreaterThan(3);
        File.Exists(_suite.Path("compared", "verdict.json")).Should().BeFalse();
        File.ReadAllText(_suite.Path("compared", "report", "index.html")).Should().Contain("No metric: two models were compared layer by layer").And.NotContain("May be released").And.NotContain("Does not release");
        CommandLine.Run("report", _suite.Path("compared")).ExitCode.Should().Be(0);
        CommandLine.Run("judge", _suite.Path("compared")).Error.Should().Contain("no metric to judge");
    }

    [Fact]
    public void A_model_of_another_network_could_not_be_compared()
    {
        File.WriteAllText(_suite.Path("dump.json"), """[{"name": "strange", "dimensions": "1x2", "values": [1, 2]}]""");
        var compared = CommandLine.Run("compare", _suite.Path("squares.onnx"), _suite.Path("dump.json"), "--images", _suite.Path("images"), "--suite", _suite.Path("suite.yaml"), "--limit", "1", "--out", _suite.Path("compared"));
        compared.ExitCode.Should().Be(3, compared.Output);
        compared.Error.Should().Contain("no layer of the float model was found in the target");
    }

    public void Dispose() => _suite.Dispose();
}
