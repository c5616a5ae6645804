using System.Globalization;
using Parity.Onnx;

namespace Parity.Cli.Tests;

/// <summary>`parity lower` and `parity inspect` on one model, the second on what the first wrote.</summary>
public sealed class LowerAndInspectTests : IDisposable
{
    private readonly SmallSuite _suite = new(pictures: 1);

    [Fact]
    public void Lower_writes_the_model_and_its_layer_map_and_inspect_lists_its_pairs()
    {
        var lowered = Lower("tensorrt", "--suite", _suite.Path("suite.yaml"));
        var inspected = CommandLine.Run("inspect", _suite.Path("lowered", "model.onnx"));

        lowered.ExitCode.Should().Be(0, lowered.Error);
        lowered.Output.Should().Contain("6 Q/DQ pairs").And.Contain("quantized multiply-accumulates 100.0 %");
        _suite.Json("layers.json", _suite.Path("lowered")).GetProperty("rows").GetArrayLength().Should().BeGreaterThan(3);
        inspected.ExitCode.Should().Be(0, inspected.Error);
        inspected.Output.Should().NotContain("\u001b").And.Contain("MACs 53,696", "16x16x4 outputs of 3x16 products, 16x4 of 64, 16x7 of 4");
        var pairs = QdqView.Of(OnnxModel.Load(_suite.Path("lowered", "model.onnx"))).Pairs;
        pairs.Should().HaveCount(6);
        foreach (QdqPair pair in pairs)
        {
            string[] cells = [.. Row(inspected.Output, pair.Float ?? pair.Quantized).Split('|').Select(c => c.Trim())];
            bool weight = pair.Kind.ToString() == "Weight";
            cells[2].Should().Be(weight ? "weight" : "activation");
            cells[3].Should().Be("int8");
            cells[4].Should().Be(weight ? "0" : "tensor");
            cells[5].Should().StartWith(((double)pair.Scales.Min()).ToString("G6", CultureInfo.InvariantCulture));
            if (weight)
                cells[5].Should().EndWith($"({pair.Scales.Length})");
            cells[6].Should().Be("0", "TensorRT's quantization is symmetric");
            cells[7].Should().EndWith("/conv");
        }
    }

    [Fact]
    public void Another_target_quantizes_in_its_own_way()
    {
        Lower("rk1808", "--suite", _suite.Path("suite.yaml")).ExitCode.Should().Be(0);

        var pairs = QdqView.Of(OnnxModel.Load(_suite.Path("lowered", "model.onnx"))).Pairs;
        pairs.Where(p => p.Kind.ToString() != "Bias").Should().OnlyContain(p => p.Axis == null && p.Type == TensorType.UInt8);
    }

    [Fact]
    public void Inspecting_the_float_model_lists_cost_and_no_pairs()
    {
        var result = CommandLine.Run("inspect", _suite.Path("squares.onnx"));

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("in images [1x3x64x64]").And.Contain("out output [1x16x7]").And.Contain("MACs 53,696").And.Contain("quantized MACs 0.0 %").And.NotContain("Q/DQ");
        Row(result.Output, "stem/conv").Should().Contain("| 49,152 |", "4 x 16 x 16 outputs of 3 x 4 x 4 products");
    }

    [Fact]
    public void Without_a_suite_the_guessed_preprocessing_is_said() =>
        Lower("tensorrt").Error.Should().Contain("RGB, 1/255, letterbox-centred to 64 x 64, which is a guess").And.Contain("--suite");

    [Fact]
    public void A_pattern_without_a_layer_names_the_nearest()
    {
        var result = Lower("tensorrt", "--keep-float", "hed*");

        result.ExitCode.Should().Be(64);
        result.Error.Should().Contain("no layer is named 'hed*'").And.Contain("The nearest name is 'head");
        File.Exists(_suite.Path("lowered", "model.onnx")).Should().BeFalse();
    }

    [Fact]
    public void A_calibration_folder_without_pictures_is_named()
    {
        foreach (string file in Directory.EnumerateFiles(_suite.Path("calibration")))
            File.Delete(file);

        var result = Lower("tensorrt");

        result.ExitCode.Should().Be(64);
        result.Error.Should().Contain(_suite.Path("calibration")).And.Contain("holds no .jpg, .jpeg or .png file");
    }

    public void Dispose() => _suite.Dispose();

    private CommandLine.Result Lower(string target, params string[] more) =>
        CommandLine.Run(["lower", _suite.Path("squares.onnx"), "--target", target, "--calibration", _suite.Path("calibration"), "--out", _suite.Path("lowered"), .. more]);

    private static string Row(string table, string first) => table.Split('\n').Single(l => l.StartsWith($"| {first} ", StringComparison.Ordinal));
}
