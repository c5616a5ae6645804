namespace Parity.Cli.Tests;

/// <summary>`parity diagnose` on a folder that a run left.</summary>
public sealed class DiagnoseTests(GoodRun run) : IClassFixture<GoodRun>
{
    [Fact]
    public void It_finds_again_what_the_run_found_byte_for_byte()
    {
        string copy = run.Copy("diagnosed");
        byte[] first = File.ReadAllBytes(Path.Combine(copy, "findings.json"));
        File.Delete(Path.Combine(copy, "findings.json"));

        CommandLine.Result again = CommandLine.Run("diagnose", copy, "--reference", run.Suite.Path("squares.onnx"));

        again.ExitCode.Should().Be(0, again.Error);
        again.Output.Should().Contain("tensorrt: ").And.Contain("head-in-float: ");
        File.ReadAllBytes(Path.Combine(copy, "findings.json")).Should().Equal(first);
        run.Suite.Json("findings.json").GetProperty("referenceSeen").GetBoolean().Should().BeTrue();
    }

    [Fact]
    public void Summary_and_pages_tell_what_it_found()
    {
        string copy = run.Copy("retold");
        string[] told = ["summary.md", Path.Combine("report", "index.html"), Path.Combine("report", "target-tensorrt.html")];
        byte[][] before = [.. told.Select(f => File.ReadAllBytes(Path.Combine(copy, f)))];
        File.Delete(Path.Combine(copy, "findings.json"));
        CommandLine.Run("report", copy).ExitCode.Should().Be(0);
        string without = File.ReadAllText(Path.Combine(copy, told[2]));
        without.Should().Contain("No rule looked at this run");
        File.Delete(Path.Combine(copy, told[0]));

        CommandLine.Run("diagnose", copy, "--reference", run.Suite.Path("squares.onnx")).ExitCode.Should().Be(0);

        foreach ((string file, byte[] bytes) in told.Zip(before))
            File.ReadAllBytes(Path.Combine(copy, file)).Should().Equal(bytes, file);
    }

    [Fact]
    public void Another_model_is_not_taken_for_the_reference()
    {
        string copy = run.Copy("other");

        CommandLine.Result result = CommandLine.Run("diagnose", copy, "--reference", Path.Combine(copy, "targets", "tensorrt", "model.onnx"));

        result.ExitCode.Should().Be(64);
        result.Error.Should().Contain("not the model that the run compared with");
    }
}
