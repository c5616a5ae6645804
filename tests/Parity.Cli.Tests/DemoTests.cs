using System.Security.Cryptography;
using System.Text.Json;

namespace Parity.Cli.Tests;

/// <summary>The story that `bash run.sh` tells, on fewer scenes: TensorRT carries the golden detector, RK1808 breaks it, three named layers in float bring it back.</summary>
public sealed class DemoTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-demo-");

    [Fact]
    public void One_chip_carries_the_golden_detector_another_breaks_it_and_a_plan_rescues_it()
    {
        var result = CommandLine.Run("run", Path.Combine(Repository.Root, "suites", "demo.yaml"), "--limit", "250", "--out", _folder.FullName);

        result.ExitCode.Should().Be(1, $"rk1808 fails: {result.Error}");
        using JsonDocument run = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.FullName, "run.json")));
        Ap(run.RootElement.GetProperty("reference")).Should().BeGreaterThan(0.6);
        var targets = run.RootElement.GetProperty("targets").EnumerateArray().ToDictionary(t => t.GetProperty("name").GetString()!);
        DropPoints(targets["tensorrt-fp32"]).Should().BeApproximately(0, 0.01);
        DropPoints(targets["tensorrt-fp16"]).Should().BeInRange(-0.3, 0.3);
        DropPoints(targets["tensorrt"]).Should().BeLessThan(1.3);
        DropPoints(targets["tensorrt-qat"]).Should().BeLessThan(1.3);
        DropPoints(targets["rk1808"]).Should().BeGreaterThan(3);
        DropPoints(targets["rk1808-rescued"]).Should().BeLessThan(1);
        targets["rk1808-rescued"].GetProperty("plan").GetProperty("keptFloat").GetArrayLength().Should().Be(3);
        targets["rk1808-rescued"].GetProperty("quantizedMacShare").GetDouble().Should().BeGreaterThan(0.99);
        Verdicts().Should().Contain("rk1808 fail");

        // The worst quantizers alone are the three that give box offsets the scale of logits: what the plan keeps in float.
        Worst(targets["rk1808"], 3).Should().BeEquivalentTo("/head/stride8/Split_output_0", "/head/stride16/Split_output_0", "/head/stride32/Split_output_0");

        // The findings name the same three layers, and the first says what it gains in float; the targets that pass have hints at most.
        using JsonDocument findings = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.FullName, "findings.json")));
        var told = findings.RootElement.GetProperty("findings").EnumerateArray().ToLookup(f => f.GetProperty("target").GetString());
        told["rk1808"].Take(3).Select(f => f.GetProperty("node").GetString()).Should().BeEquivalentTo("/head/stride8/predict/Conv", "/head/stride16/predict/Conv", "/head/stride32/predict/Conv");
        (-told["rk1808"].First().GetProperty("swap").GetProperty("gain").GetProperty("drop").GetDouble()).Should().BeGreaterThan(0.01);
        told["tensorrt"].Concat(told["tensorrt-qat"]).Concat(told["rk1808-rescued"]).Where(f => f.GetProperty("certainty").GetString() != "hint").Should().BeEmpty();

        // The quantized twin compares its layers with its own float twin and its metric with both.
        JsonElement twin = targets["tensorrt-qat"].GetProperty("twin");
        double whole = DropPoints(targets["tensorrt-qat"]);
        (First(twin, "fromReference") + First(twin, "toTarget")).Should().BeApproximately(whole, 1e-9, "both parts together are the whole drop");
        run.RootElement.GetProperty("reference").GetProperty("noiseFloor").GetArrayLength().Should().Be(2);
        foreach (JsonElement target in targets.Values)
            target.GetProperty("probe").GetProperty("tapChecks").GetArrayLength().Should().Be(2);
    }

    [Theory]
    [InlineData("detector.onnx")]
    [InlineData("detector-qat.onnx")]
    public void The_golden_models_are_those_of_their_provenance_and_small(string file)
    {
        string folder = Path.Combine(Repository.Root, "golden", "detector");
        using JsonDocument provenance = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "provenance.json")));
        byte[] bytes = File.ReadAllBytes(Path.Combine(folder, file));

        bytes.Length.Should().BeLessThan(2_000_000);
        Convert.ToHexStringLower(SHA256.HashData(bytes)).Should().Be(provenance.RootElement.GetProperty("models").GetProperty(file).GetProperty("sha256").GetString());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static double Ap(JsonElement side) =>
        side.GetProperty("measurements").EnumerateArray().Single(m => m.GetProperty("name").GetString() == "bbox/AP").GetProperty("value").GetDouble();

    private static double DropPoints(JsonElement target) => First(target, "drops");

    private static double First(JsonElement parent, string drops) =>
        100 * parent.GetProperty(drops).EnumerateArray().Single(d => d.GetProperty("name").GetString() == "bbox/AP").GetProperty("drop").GetDouble();

    private static IEnumerable<string> Worst(JsonElement target, int count)
    {
        var tensors = target.GetProperty("qdq").EnumerateArray().Where(q => q.GetProperty("kind").GetString() == "activation")
            .ToDictionary(q => q.GetProperty("quantize").GetString()!, q => q.GetProperty("tensor").GetString()!);
        return target.GetProperty("probe").GetProperty("quantizers").EnumerateArray()
            .Where(q => q.GetProperty("tensor").GetProperty("sqnrDb").ValueKind == JsonValueKind.Number)
            .OrderBy(q => q.GetProperty("tensor").GetProperty("sqnrDb").GetDouble()).Take(count)
            .Select(q => tensors[q.GetProperty("quantize").GetString()!]);
    }

    private IEnumerable<string> Verdicts()
    {
        using JsonDocument verdict = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(_folder.FullName, "verdict.json")));
        return [.. verdict.RootElement.GetProperty("clauses").EnumerateArray().Select(c => $"{c.GetProperty("target").GetString()} {c.GetProperty("verdict").GetString()}")];
    }
}
