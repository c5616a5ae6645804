using System.Text.Json;
using System.Xml.Linq;

namespace Parity.Cli.Tests;

/// <summary>What a sound run leaves, and what judge and report make of it later.</summary>
public sealed class GoodRunTests(GoodRun run) : IClassFixture<GoodRun>
{
    [Fact]
    public void It_passes_with_exit_0_and_measures_what_the_detector_is_worth()
    {
        run.Result.ExitCode.Should().Be(0, run.Result.Error + run.Result.Output);
        run.Result.Output.Should().Contain("PASS").And.Contain("report: ");
        JsonElement json = run.Suite.Json("run.json");
        Value(json.GetProperty("reference"), "bbox/AP50").Should().BeInRange(0.8, 1, "the detector finds nearly every square");
        foreach (JsonElement target in json.GetProperty("targets").EnumerateArray())
        {
            Value(target, "bbox/AP50").Should().BeInRange(0.8, 1);
            foreach (JsonElement m in target.GetProperty("measurements").EnumerateArray())
                m.EnumerateObject().Select(p => p.Name).Should().Contain(["name", "value", "unit", "direction", "count"]);
        }
        json.GetProperty("targets").EnumerateArray().Select(t => t.GetProperty("name").GetString()).Should().Equal("tensorrt", "head-in-float");
        json.GetProperty("targets")[1].GetProperty("plan").GetProperty("keptFloat").EnumerateArray().Select(l => l.GetString()).Should().Equal("head/conv");
    }

    [Fact]
    public void Each_target_tells_its_drops_by_class_and_size_and_the_curves_of_both_sides()
    {
        JsonElement json = run.Suite.Json("run.json");
        foreach (JsonElement target in json.GetProperty("targets").EnumerateArray())
        {
            JsonElement breakdown = target.GetProperty("breakdown");
            JsonElement[] classes = [.. breakdown.GetProperty("parts").EnumerateArray().Where(p => p.GetProperty("by").GetString() == "class")];
            classes.Should().HaveCount(2);
            classes.Average(c => c.GetProperty("drop").GetProperty("reference").GetDouble()).Should().BeApproximately(Value(json.GetProperty("reference"), "bbox/AP"), 1e-12);
            classes.Average(c => c.GetProperty("drop").GetProperty("target").GetDouble()).Should().BeApproximately(Value(target, "bbox/AP"), 1e-12);
            JsonElement small = breakdown.GetProperty("parts").EnumerateArray().First(p => p.GetProperty("by").GetString() == "size");
            JsonElement.DeepEquals(small.GetProperty("drop"), target.GetProperty("drops").EnumerateArray().Single(d => d.GetProperty("name").GetString() == "bbox/APs"))
                .Should().BeTrue("a size is a measurement of the run, with its bounds");
            foreach (JsonElement curve in breakdown.GetProperty("curves").EnumerateArray())
                curve.GetProperty("target").EnumerateArray().Average(v => v.GetDouble()).Should().BeApproximately(Value(target, curve.GetProperty("measurement").GetString()!), 1e-12);
        }
    }

    [Fact]
    public void Weights_tell_how_far_each_output_channel_reaches()
    {
        foreach (JsonElement weight in run.Suite.Json("run.json").GetProperty("targets")[0].GetProperty("qdq").EnumerateArray().Where(q => q.GetProperty("kind").GetString() == "weight"))
        {
            double[] largest = [.. weight.GetProperty("extents").GetProperty("largest").EnumerateArray().Select(v => v.GetDouble())];
            double end = Math.Max(Math.Abs(weight.GetProperty("low").GetDouble()), weight.GetProperty("high").GetDouble());
            largest.Should().HaveCount(weight.GetProperty("scales").GetArrayLength(), "TensorRT gives each output channel a scale");
            largest.Max().Should().BeInRange(0.98 * end, end * 1.0001, "ranges of weights are those of the weights");
        }
    }

    [Fact]
    public void Without_a_terminal_there_are_no_escapes_and_no_bars() =>
        (run.Result.Output + run.Result.Error).Should().NotContain("\u001b").And.NotContain("\r");

    [Fact]
    public void The_same_inputs_give_the_same_run_json_byte_for_byte_apart_from_timings()
    {
        string again = run.Suite.Path("again");
        CommandLine.Run("run", run.Suite.Path("suite.yaml"), "--out", again).ExitCode.Should().Be(0);

        run.Suite.RunWithoutTimings(again).Should().Be(run.Suite.RunWithoutTimings());
        foreach (string file in Directory.EnumerateFiles(Path.Combine(run.Suite.Out, "predictions")).Append(Path.Combine(run.Suite.Out, "verdict.json")).Append(Path.Combine(run.Suite.Out, "targets", "tensorrt", "model.onnx")))
            File.ReadAllBytes(Path.Combine(again, Path.GetRelativePath(run.Suite.Out, file))).Should().Equal(File.ReadAllBytes(file), file);
    }

    [Fact]
    public void JUnit_has_one_case_for_each_clause_of_each_target()
    {
        XElement suite = XDocument.Load(Path.Combine(run.Suite.Out, "junit.xml")).Root!.Element("testsuite")!;

        suite.Elements("testcase").Select(c => ((string)c.Attribute("classname")!, (string)c.Attribute("name")!)).Should().Equal(
            ("squares.tensorrt", "bbox/AP drop <= 50 points"), ("squares.tensorrt", "quantized-macs >= 0.5"),
            ("squares.head-in-float", "bbox/AP drop <= 50 points"), ("squares.head-in-float", "quantized-macs >= 0.5"));
        ((int)suite.Attribute("tests")!).Should().Be(4);
        suite.Descendants("failure").Concat(suite.Descendants("error")).Should().BeEmpty();
        run.Suite.Json("verdict.json").GetProperty("clauses").GetArrayLength().Should().Be(4);
    }

    [Theory]
    [InlineData("reference")]
    [InlineData("tensorrt")]
    [InlineData("head-in-float")]
    public void Predictions_are_COCO_results_of_the_datasets_images_and_categories(string session)
    {
        JsonElement results = run.Suite.Json($"predictions/{session}.json");

        results.GetArrayLength().Should().BeGreaterThan(20);
        foreach (JsonElement result in results.EnumerateArray())
        {
            result.EnumerateObject().Select(p => p.Name).Should().BeEquivalentTo("image_id", "category_id", "bbox", "score");
            result.GetProperty("image_id").GetInt32().Should().BeInRange(1, 10);
            result.GetProperty("category_id").GetInt32().Should().BeOneOf(3, 5);
            result.GetProperty("score").GetDouble().Should().BeInRange(0.05, 1);
            double[] box = [.. result.GetProperty("bbox").EnumerateArray().Select(v => v.GetDouble())];
            box.Should().HaveCount(4);
            box[2..].Should().OnlyContain(side => side > 8 && side < 32);
        }
    }

    [Fact]
    public void Judge_with_another_policy_changes_the_verdict_without_running_anything()
    {
        string copy = run.Copy("judged");
        byte[] measured = File.ReadAllBytes(Path.Combine(copy, "run.json"));
        string policy = run.Suite.Path("policy.yaml");
        File.WriteAllText(policy, "clauses:\n  - bbox/AP >= 0.999\n");

        var result = CommandLine.Run("judge", copy, "--policy", policy);

        result.ExitCode.Should().Be(1, result.Error);
        result.Output.Should().Contain("FAIL").And.Contain("asked for at least 0.9990");
        run.Suite.Json("verdict.json", copy).GetProperty("verdict").GetString().Should().Be("fail");
        XDocument.Load(Path.Combine(copy, "junit.xml")).Descendants("failure").Should().HaveCount(2);
        File.ReadAllText(Path.Combine(copy, "report", "index.html")).Should().NotBe(File.ReadAllText(Path.Combine(run.Suite.Out, "report", "index.html")));
        File.ReadAllBytes(Path.Combine(copy, "run.json")).Should().Equal(measured);
        CommandLine.Run("judge", copy).ExitCode.Should().Be(0, "its own suite is the policy again");
    }

    [Theory]
    [InlineData("clauses:\n  - nobody: bbox/AP >= 0.1\n", 2, "no clause of the policy is for a target of this run")]
    [InlineData("clauses:\n  - bbox/APP >= 0.1\n", 2, "there is no measurement 'bbox/APP'; measured: bbox/AP, ")]
    [InlineData("clauses:\n  - bbox/AP about 0.1\n", 64, "'bbox/AP about 0.1' is not a clause")]
    [InlineData("clauses: []\n", 2, "no clause of the policy")]
    public void A_policy_that_judges_nothing_never_passes_and_says_why(string policy, int exit, string reason)
    {
        string copy = run.Copy($"odd-{policy.Length}");
        string file = Path.Combine(copy, "policy.yaml");
        File.WriteAllText(file, policy);

        var result = CommandLine.Run("judge", copy, "--policy", file);

        result.ExitCode.Should().Be(exit);
        (result.Output + result.Error).Should().Contain(reason);
    }

    [Fact]
    public void Report_writes_one_file_and_one_packed_folder_on_request_the_same_each_time()
    {
        string copy = run.Copy("sent");
        byte[][] Written()
        {
            CommandLine.Run("report", copy, "--single-file", "--zip").ExitCode.Should().Be(0);
            return [File.ReadAllBytes(Path.Combine(copy, "report.html")), File.ReadAllBytes(Path.Combine(copy, "report.zip"))];
        }

        byte[][] first = Written();

        Written().Should().BeEquivalentTo(first, o => o.WithStrictOrdering());
        using var packed = new System.IO.Compression.ZipArchive(new MemoryStream(first[1]));
        packed.Entries.Select(e => e.FullName).Should().Contain(["report/index.html", "report/report.js"]).And.Contain(name => name.StartsWith("pictures/"));
        System.Text.Encoding.UTF8.GetString(first[0]).Should().Contain("src=\"data:image/jpeg;base64,").And.NotContain("src=\"../");
        File.ReadAllText(Path.Combine(copy, "summary.md")).Should().StartWith("### ").And.Contain("| tensorrt | bbox/AP |");
    }

    [Fact]
    public void Report_writes_the_same_pages_again()
    {
        string copy = run.Copy("reported"), index = Path.Combine(copy, "report", "index.html");
        byte[] page = File.ReadAllBytes(index);
        Directory.Delete(Path.Combine(copy, "report"), recursive: true);

        var result = CommandLine.Run("report", copy);

        result.ExitCode.Should().Be(0);
        result.Output.Trim().Should().Be(index);
        File.ReadAllBytes(index).Should().Equal(page);
    }

    [Fact]
    public void A_damaged_run_folder_says_which_file_and_what_to_do()
    {
        string copy = run.Copy("damaged");
        File.WriteAllText(Path.Combine(copy, "run.json"), "{\"schema\": 1,");

        var result = CommandLine.Run("judge", copy);

        result.ExitCode.Should().Be(64);
        result.Error.Should().Contain("run.json").And.Contain("Run again, or restore the file");
    }

    private static double Value(JsonElement side, string name) =>
        side.GetProperty("measurements").EnumerateArray().Single(m => m.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();
}
