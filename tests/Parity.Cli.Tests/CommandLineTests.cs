namespace Parity.Cli.Tests;

/// <summary>Arguments as users mistype them, and help.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData(null, "run|judge|report|lower|inspect|targets|coco-eval")]
    [InlineData("run", "--target|--data|--limit|--out|--resume|<suite>")]
    [InlineData("judge", "--policy|<dir>")]
    [InlineData("report", "<dir>")]
    [InlineData("lower", "--target|--calibration|--out|--suite|--calibrator|--percentile|--keep-float|tensorrt|rk1808")]
    [InlineData("inspect", "<model>")]
    [InlineData("targets", "targets")]
    [InlineData("coco-eval", "--gt|--dt|--type|--max-dets|--sigmas|--against|--bootstrap|--seed|--limit-points|--statistics|--json|--threads")]
    public void Help_lists_every_option_and_exits_0(string? command, string listed)
    {
        var result = command is null ? CommandLine.Run("--help") : CommandLine.Run(command, "--help");

        result.ExitCode.Should().Be(0);
        foreach (string word in listed.Split('|'))
            result.Output.Should().Contain(word);
        result.Error.Should().BeEmpty();
    }

    [Theory]
    [InlineData("", "command was not provided", "Try: parity --help")]
    [InlineData("mesure", "parity: Unrecognized command or argument 'mesure'", "Try: parity --help")]
    [InlineData("run", "argument missing for command: 'run'", "Try: parity run --help")]
    [InlineData("run s.yaml --targt x", "'--targt'", "Try: parity run --help")]
    [InlineData("run s.yaml --limit 0", "--limit needs a number of samples of at least 1", "Try: parity run --help")]
    [InlineData("run s.yaml --limit many", "Cannot parse argument 'many' for option '--limit'", "Try: parity run --help")]
    [InlineData("run s.yaml --limit 1.5", "'1.5' for option '--limit'", "Try: parity run --help")]
    [InlineData("run s.yaml --out", "Required argument missing for option: '--out'", "Try: parity run --help")]
    [InlineData("lower m.onnx --target tensorrt --out o", "'--calibration' is required", "Try: parity lower --help")]
    [InlineData("coco-eval --dt d.json", "'--gt' is required", "Try: parity coco-eval --help")]
    [InlineData("coco-eval --gt nowhere.json --dt n.json", "the file cannot be read", "Correct the path")]
    [InlineData("coco-eval --gt g.json --dt d.json --limit-points 1", "there is none without --against", "--against")]
    [InlineData("coco-eval --gt g.json --dt d.json --statistics AP33", "there is no statistic 'AP33'", "AP, AP50, AP75")]
    [InlineData("coco-eval --gt g.json --dt d.json --max-dets 10,1", "'10,1' are not ascending", "1,10,100")]
    [InlineData("run nowhere.yaml", "there is no such suite", "Give the path of a suite file")]
    [InlineData("judge nowhere", "nowhere/run.json", "Give a folder that `parity run` wrote")]
    [InlineData("report nowhere", "nowhere/run.json", "Give a folder that `parity run` wrote")]
    [InlineData("inspect nowhere.onnx", "nowhere.onnx", "Check the path")]
    [InlineData("lower nowhere.onnx --target tensorrt --calibration c --out o", "nowhere.onnx", "Check the path")]
    [InlineData("lower nowhere.onnx --target tensort --calibration c --out o", "there is no target 'tensort'", "tensorrt, ")]
    public void A_mistake_says_what_and_what_to_do_and_exits_64(string arguments, string what, string remedy)
    {
        var result = CommandLine.Run(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));

        result.ExitCode.Should().Be(64, result.Error);
        result.Error.Should().Contain(what).And.Contain(remedy).And.StartWith("parity: ").And.NotContain("   at ", "no stack trace belongs to a mistake of the user");
        result.Output.Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_is_no_model_is_named_as_such()
    {
        var result = CommandLine.Run("inspect", typeof(CommandLineTests).Assembly.Location);

        result.ExitCode.Should().Be(64);
        result.Error.Should().Contain("no ONNX model").And.Contain("Parity.Cli.Tests.dll");
    }

    [Fact]
    public void Targets_lists_every_profile_and_every_backend_with_what_to_do_for_absent_ones()
    {
        var result = CommandLine.Run("targets");

        result.ExitCode.Should().Be(0);
        foreach (string profile in Composition.Parts.Profiles)
            result.Output.Should().Contain($"| {profile} ");
        foreach (var backend in Composition.Backends)
        {
            string line = result.Output.Split('\n').Single(l => l.StartsWith($"| {backend.Name} ", StringComparison.Ordinal));
            if (backend.Availability.IsReady)
                line.Should().Contain("| ready ");
            else
                line.Split('|')[3].Trim().Should().NotBeEmpty();
        }
        result.Output.Should().NotContain("\u001b");
    }
}
