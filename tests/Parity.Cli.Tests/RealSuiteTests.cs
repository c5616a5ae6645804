using System.Text.Json;

namespace Parity.Cli.Tests;

/// <summary>The three real detectors and two segmenters on images of COCO, as a user runs them. Figures: shared/real/README.md.</summary>
public sealed class RealSuiteTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-real-");

    [Theory]
    [InlineData("coco128-yolox-nano", 0.3410, 0.5008, 0.016)]
    [InlineData("coco128-yolox-nano-relu", 0.3163, 0.4681, 0.235)]
    [InlineData("coco128-fastestdet", 0.2067, 0.3591, 0.190)]
    public void Float_AP_is_the_published_one_and_the_folder_holds_everything(string suite, double ap, double ap50, double targetAp)
    {
        var result = Run(Suite(suite), suite);

        result.ExitCode.Should().BeOneOf([0, 1, 2], result.Error);
        using JsonDocument run = Read(suite, "run.json");
        Value(run.RootElement.GetProperty("reference"), "bbox/AP").Should().BeApproximately(ap, 0.002);
        Value(run.RootElement.GetProperty("reference"), "bbox/AP50").Should().BeApproximately(ap50, 0.003);
        JsonElement target = run.RootElement.GetProperty("targets").EnumerateArray().Should().ContainSingle().Subject;
        target.GetProperty("name").GetString().Should().Be("tensorrt");
        // Measured here, since nobody published it: min-max ranges cost YOLOX-nano its stem (a torch emulation of the first layers agrees).
        Value(target, "bbox/AP").Should().BeApproximately(targetAp, 0.02);
        target.GetProperty("quantizedMacShare").GetDouble().Should().BeGreaterThan(0.9);
        foreach (string file in new[] { "verdict.json", "junit.xml", "predictions/tensorrt.json", "predictions/reference.json", "report/index.html", "targets/tensorrt/model.onnx", "targets/tensorrt/layers.json" })
            File.Exists(Path.Combine(_folder.FullName, suite, file)).Should().BeTrue(file);
        using JsonDocument verdict = Read(suite, "verdict.json");
        verdict.RootElement.GetProperty("clauses").GetArrayLength().Should().Be(1);
        ExitOf(verdict.RootElement.GetProperty("verdict").GetString()!).Should().Be(result.ExitCode);
    }

    [Theory]
    [InlineData("person-prisma", "tensorrt", 0.6496, 0.649)]
    [InlineData("person-sinet", "rk1808", 0.6012, 0.588)]
    public void Float_mIoU_of_persons_is_the_published_one_and_differences_are_drawn(string suite, string target, double miou, double targetMiou)
    {
        // One target each keeps the whole test run short.
        var result = Run(Suite(suite), suite, "--target", target);

        result.ExitCode.Should().BeOneOf([0, 1, 2], result.Error);
        using JsonDocument run = Read(suite, "run.json");
        run.RootElement.GetProperty("dataset").GetProperty("count").GetInt32().Should().Be(31, "persons cover over a tenth of 31 pictures");
        Value(run.RootElement.GetProperty("reference"), "semantic/mIoU").Should().BeApproximately(miou, 0.005);
        JsonElement measured = run.RootElement.GetProperty("targets").EnumerateArray().Should().ContainSingle().Subject;
        // Measured here, since nobody published it.
        Value(measured, "semantic/mIoU").Should().BeApproximately(targetMiou, 0.01);
        measured.GetProperty("images")[0].GetProperty("difference").GetProperty("shapes").GetArrayLength().Should().BePositive();
        File.ReadAllText(Path.Combine(_folder.FullName, suite, "report", $"images-{target}.html")).Should().Contain("id=\"show-difference\"");
    }

    [Fact]
    public void Fed_raw_BGR_the_normalised_model_collapses()
    {
        string text = File.ReadAllText(Suite("coco128-yolox-nano-relu"))
            .Replace("color: rgb", "color: bgr").Replace("  scale: 1/255\n", "").Replace("  mean: [0.485, 0.456, 0.406]\n", "").Replace("  std: [0.229, 0.224, 0.225]\n", "");
        string wrong = Path.Combine(_folder.FullName, "wrong.yaml");
        File.WriteAllText(wrong, text);

        Run(wrong, "wrong", "--limit", "40");

        using JsonDocument run = Read("wrong", "run.json");
        Value(run.RootElement.GetProperty("reference"), "bbox/AP").Should().BeLessThan(0.05);
    }

    [Fact]
    public void The_same_inputs_give_the_same_run_json_apart_from_timings()
    {
        Run(Suite("coco128-fastestdet"), "one", "--limit", "24");
        Run(Suite("coco128-fastestdet"), "two", "--limit", "24");

        WithoutTimings("two").Should().Be(WithoutTimings("one"));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static int ExitOf(string verdict) => verdict switch { "pass" => 0, "fail" => 1, "inconclusive" => 2, _ => 3 };

    private static double Value(JsonElement side, string name) =>
        side.GetProperty("measurements").EnumerateArray().Single(m => m.GetProperty("name").GetString() == name).GetProperty("value").GetDouble();

    private static string Suite(string name) => Path.Combine(Repository.Root, "suites", $"{name}.yaml");

    private CommandLine.Result Run(string suite, string folder, params string[] more)
    {
        string data = Repository.RealData ?? "";
        if (data.Length == 0)
            Assert.Skip("needs the real models and images of shared/real (PARITY_DATA)");
        return CommandLine.Run(["run", suite, "--data", data, "--out", Path.Combine(_folder.FullName, folder), .. more]);
    }

    private JsonDocument Read(string folder, string file) => JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.FullName, folder, file)));

    private string WithoutTimings(string folder)
    {
        string text = File.ReadAllText(Path.Combine(_folder.FullName, folder, "run.json"));
        int timings = text.IndexOf("\"timings\"", StringComparison.Ordinal);
        timings.Should().BePositive();
        return text[..timings];
    }
}
