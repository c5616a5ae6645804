using System.Text.Json;

namespace Parity.Cli.Tests;

/// <summary>Samples that cannot be used: listed, left out, and nothing concluded unless the policy allows it.</summary>
public sealed class BadSampleTests : IDisposable
{
    private readonly SmallSuite _suite = new(pictures: 6);

    [Fact]
    public void Missing_and_truncated_images_are_listed_and_the_run_goes_on_without_a_conclusion()
    {
        File.Delete(_suite.Path("images", "3.jpg"));
        _suite.Truncate("5.jpg");

        var result = _suite.Run();

        result.ExitCode.Should().Be(2);
        result.Output.Should().Contain("INCONCLUSIVE").And.Contain("2 of 6 samples could not be used and the policy allows 0")
            .And.Contain("3.jpg: there is no such picture. Fetch the file, or remove it from the dataset.")
            .And.Contain("5.jpg: the JPEG is truncated");
        JsonElement run = _suite.Json("run.json");
        run.GetProperty("dataset").GetProperty("bad").EnumerateArray().Select(b => b.GetProperty("name").GetString()).Should().Equal("3.jpg", "5.jpg");
        run.GetProperty("reference").GetProperty("measurements")[0].GetProperty("count").GetInt32().Should().Be(4);
        _suite.Json("predictions/tensorrt.json").EnumerateArray().Select(p => p.GetProperty("image_id").GetInt32()).Distinct().Should().Equal(1, 2, 4, 6);
    }

    [Fact]
    public void As_many_as_the_policy_allows_do_not_keep_it_from_concluding()
    {
        File.Delete(_suite.Path("images", "3.jpg"));
        _suite.Truncate("5.jpg");
        _suite.WriteSuite(SmallSuite.Yaml.Replace("bootstrap:", "  allow-bad-samples: 2\nbootstrap:"));

        var result = _suite.Run();

        result.ExitCode.Should().Be(0);
        result.Output.Should().Contain("2 of 6 samples could not be used");
    }

    [Theory]
    [InlineData("bbox/AP drop <= 50 points", 6)]
    [InlineData("bbox/AP >= 0", 0)]
    [InlineData("quantized-macs >= 0.1", 6)]
    public void NaN_in_the_outputs_of_every_sample_is_inconclusive_with_the_reason_whatever_is_allowed(string clause, int allowed)
    {
        SquareDetector.Build(poison: float.NaN).Save(_suite.Path("squares.onnx"));
        // The lowering refuses NaN weights, so the target is a sound quantized model.
        using (var other = new SmallSuite(pictures: 1))
        {
            CommandLine.Run("lower", other.Path("squares.onnx"), "--target", "tensorrt", "--calibration", other.Path("calibration"), "--suite", other.Path("suite.yaml"), "--out", _suite.Path("ready"))
                .ExitCode.Should().Be(0);
        }
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt\n", "  - {profile: tensorrt, model: ready/model.onnx}\n")
            .Replace("bbox/AP drop <= 50 points", clause).Replace("bootstrap:", $"  allow-bad-samples: {allowed}\nbootstrap:"));

        var result = _suite.Run();

        result.ExitCode.Should().Be(2, result.Error + result.Output);
        result.Output.Should().Contain("reference, sample 1: output 'output' holds NaN at index").And.Contain("Repair the model");
        _suite.Json("run.json").GetProperty("dataset").GetProperty("bad").GetArrayLength().Should().Be(6);
        JsonElement ap = _suite.Json("run.json").GetProperty("reference").GetProperty("measurements")[0];
        ap.GetProperty("value").ValueKind.Should().Be(JsonValueKind.Null, "no value is neither 0 nor -1");
    }

    [Fact]
    public void A_weight_that_is_NaN_keeps_the_target_from_being_lowered_and_nothing_passes()
    {
        SquareDetector.Build(poison: float.NaN).Save(_suite.Path("squares.onnx"));

        var result = _suite.Run();

        result.ExitCode.Should().Be(3);
        result.Output.Should().Contain("NOT RUN").And.Contain("NaN");
    }

    [Fact]
    public void A_picture_of_another_size_than_its_annotations_is_a_bad_sample()
    {
        _suite.Annotations["images"]![0]!["width"] = 65;
        _suite.WriteAnnotations();

        var result = _suite.Run();

        result.ExitCode.Should().Be(2);
        result.Output.Should().Contain("1.jpg: the picture is 64 x 64 pixels, its annotations are for 65 x 64");
    }

    public void Dispose() => _suite.Dispose();
}
