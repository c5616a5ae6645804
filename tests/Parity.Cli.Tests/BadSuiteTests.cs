namespace Parity.Cli.Tests;

/// <summary>Suites, annotations and models that are wrong as a whole.</summary>
public sealed class BadSuiteTests : IDisposable
{
    private readonly SmallSuite _suite = new(pictures: 3);

    [Fact]
    public void Annotations_for_an_unknown_image_and_an_unknown_category_are_both_named()
    {
        _suite.Annotations["annotations"]![0]!["image_id"] = 99;
        _suite.Annotations["annotations"]![1]!["category_id"] = 77;
        _suite.WriteAnnotations();

        Rejected(64, "2 things are wrong", "instances.json annotations (id 1)", "image_id 99 is not in images", "Add the image or remove the annotation",
            "instances.json annotations (id 2)", "category_id 77 is not in categories", "Add the category or correct the annotation");
    }

    [Fact]
    public void Malformed_annotations_are_named_with_line_and_column()
    {
        File.WriteAllText(_suite.Path("instances.json"), "{\n\"images\": [}");

        Rejected(64, "instances.json:2:12", "not valid JSON", "Fetch the file again");
    }

    [Fact]
    public void An_annotation_without_its_box_is_named()
    {
        _suite.Annotations["annotations"]![2]!.AsObject().Remove("bbox");
        _suite.WriteAnnotations();

        Rejected(64, "annotations", "bbox");
    }

    [Fact]
    public void Five_mistakes_are_reported_at_once_with_line_and_remedy()
    {
        _suite.WriteSuite(SmallSuite.Yaml
            .Replace("squares.onnx", "sqares.onnx")
            .Replace("size: [64, 64]", "size: [64]")
            .Replace("score-threshold: 0.05", "score-treshold: 0.05")
            .Replace("  - tensorrt", "  - tensortr")
            .Replace("drop <= 50 points", "dropp <= 50 points"));

        var result = Rejected(64, "things are wrong with the input",
            "suite.yaml:2", "there is no model", "sqares.onnx",
            "suite.yaml:7", "'size'", "a list of 2 numbers",
            "unknown key 'score-treshold'", "Did you mean 'score-threshold'?",
            "'tensortr'", "one of tensorrt, ",
            "dropp", "Write it like");
        result.Error.Split('\n').Count(l => l.StartsWith("    do:   ", StringComparison.Ordinal)).Should().BeGreaterThanOrEqualTo(5);
    }

    [Fact]
    public void Text_that_is_no_YAML_is_named_with_its_line()
    {
        _suite.WriteSuite("name: squares\nmodel: [");

        Rejected(64, "suite.yaml:", "not valid YAML");
    }

    [Fact]
    public void A_calibration_image_that_is_also_evaluated_is_named_with_its_twin()
    {
        File.Copy(_suite.Path("images", "2.jpg"), _suite.Path("calibration", "again.jpg"));

        Rejected(64, "calibration sample 'again.jpg' is also the evaluation sample '2.jpg'", "Take it out of the calibration folder");
    }

    [Fact]
    public void A_missing_ready_model_is_named_with_its_line()
    {
        _suite.WriteSuite(SmallSuite.Yaml.Replace("  - tensorrt", "  - {profile: tensorrt, model: ready.onnx}"));

        Rejected(64, "suite.yaml:17 targets[0].model", "there is no model", "ready.onnx", "--data");
    }

    [Fact]
    public void An_unknown_target_is_answered_with_those_of_the_suite() =>
        Rejected(["--target", "rk3588"], 64, "the suite has no target 'rk3588'", "Its targets: tensorrt.");

    [Fact]
    public void Data_that_is_elsewhere_is_missed_by_name() =>
        Rejected(["--data", _suite.Path("images")], 64, _suite.Path("images", "squares.onnx"), "Give the folder that holds it by --data");

    [Fact]
    public void A_model_of_another_input_size_names_the_setting()
    {
        _suite.WriteSuite(SmallSuite.Yaml.Replace("size: [64, 64]", "size: [96, 80]"));

        Rejected(3, "squares.onnx", "input 'images' is float32 [1,3,64,64], the suite prepares float32 [1,3,80,96]", "'preprocessing.size' to [64, 64]");
    }

    [Fact]
    public void A_model_of_one_channel_is_refused()
    {
        SquareDetector.Build(channels: 1).Save(_suite.Path("squares.onnx"));

        Rejected(3, "it has 1 channels, not 3", "Use a model of colour pictures");
    }

    [Fact]
    public void A_decoder_that_does_not_fit_the_output_is_refused()
    {
        _suite.WriteSuite(SmallSuite.Yaml.Replace("kind: yolox, strides: [16]", "kind: yolov8"));

        Rejected(3, "[1,16,7] is not [1, 6, boxes] as yolov8 wants for 2 classes", "Choose the decoder and the classes that fit the model");
    }

    [Fact]
    public void A_file_that_is_no_ONNX_model_is_refused()
    {
        File.WriteAllText(_suite.Path("squares.onnx"), "<html>not found</html>");

        Rejected(3, "squares.onnx", "no ONNX model", "Copy the file again");
    }

    [Fact]
    public void A_run_that_cannot_start_leaves_no_verdict_of_an_earlier_one()
    {
        _suite.Run().ExitCode.Should().Be(0);
        File.WriteAllText(_suite.Path("squares.onnx"), "gone");

        _suite.Run().ExitCode.Should().Be(3);

        Directory.EnumerateFiles(_suite.Out).Select(Path.GetFileName).Should().NotContain(["run.json", "verdict.json", "junit.xml"]);
    }

    [Fact]
    public void A_folder_of_other_files_is_not_written_over()
    {
        Directory.CreateDirectory(_suite.Path("mine", "pictures"));
        File.WriteAllText(_suite.Path("mine", "pictures", "1.jpg"), "mine");

        var result = CommandLine.Run("run", _suite.Path("suite.yaml"), "--out", _suite.Path("mine"));

        result.ExitCode.Should().Be(64);
        result.Error.Should().Contain("the folder holds other files than a run's").And.Contain("--out");
        File.ReadAllText(_suite.Path("mine", "pictures", "1.jpg")).Should().Be("mine");
    }

    public void Dispose() => _suite.Dispose();

    private CommandLine.Result Rejected(int exit, params string[] texts) => Rejected([], exit, texts);

    private CommandLine.Result Rejected(string[] arguments, int exit, params string[] texts)
    {
        var result = _suite.Run(arguments);
        result.ExitCode.Should().Be(exit, result.Error + result.Output);
        foreach (string text in texts)
            result.Error.Should().Contain(text);
        result.Error.Should().NotContain("   at ", "no stack trace belongs to a mistake of the user").And.NotContain("..");
        File.Exists(Path.Combine(_suite.Out, "verdict.json")).Should().BeFalse();
        return result;
    }
}
