using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

/// <summary>Models nobody made for this test, from shared/real, on drawn noise: they lower, load, and stay near the float model.</summary>
public class RealModelTests
{
    public static TheoryData<string, int[], float> Models => new()
    {
        { "yolox_nano.onnx", [1, 3, 416, 416], 255 },
        { "yolox_nano_relu_tengine.onnx", [1, 3, 416, 416], 2 },
        { "FastestDet.onnx", [1, 3, 352, 352], 1 },
        { "prisma_nchw.onnx", [1, 3, 256, 256], 1 },
        { "SINet.onnx", [1, 3, 320, 320], 0.01f },
        { "en_number_mobile_v2.0_rec_infer.onnx", [1, 3, 32, 160], 1 },
    };

    [Theory]
    [MemberData(nameof(Models))]
    public void A_real_model_lowers_for_every_target_and_runs(string file, int[] shape, float scale)
    {
        if (Folder() is not { } folder)
        {
            Assert.Skip("shared/real is absent: set PARITY_DATA to the folder that holds models/.");
            return;
        }
        var model = OnnxModel.Load(Path.Combine(folder, "models", file));
        var input = Tensor.Create(Smooth(shape, scale), shape);
        var activations = Net.Activations([input]);
        var expected = Net.Run(model, [input], []).Single();
        // Every target on the smallest network; on the others one of each way to write numbers.
        foreach (var profile in TargetProfiles.All.Where(p => file.StartsWith("FastestDet") || p.Name is "tensorrt" or "tensorrt-fp32" or "tensorrt-fp16" or "rk1808"))
        {
            var result = Lowerer.Lower(model, new LoweringPlan(profile, Calibrators.MinMax, 0, []), activations);
            result.Map.Rows.Should().OnlyContain(r => r.CheckRelativeError < 1e-4, profile.Name);
            result.Model.Graph.Nodes.Count(n => n.OpType == "BatchNormalization").Should().Be(file.StartsWith("SINet") ? 20 : 0, "20 of SINet's 58 follow an Add, a Resize or a Concat");
            var actual = Net.Run(result.Model, [input], [], optimize: true).Single();
            foreach (var output in model.Graph.Outputs)
            {
                double sqnr = Net.SqnrDb(expected[output.Name], actual[output.Name]);
                TestContext.Current.TestOutputHelper?.WriteLine($"{file} {profile.Name} {output.Name}: SQNR {sqnr:0.0} dB, quantized {result.QuantizedMacShare:P1}");
                if (profile.Float == FloatPrecision.Float16 && double.IsNaN(sqnr))
                    result.Notes.Should().ContainMatch("*activations beyond the range of half*");
                else
                    sqnr.Should().BeGreaterThan(profile switch { { Quantization: not null } => 0, { Float: FloatPrecision.Float16 } => 20, _ => 80 }, profile.Name);
            }
            // Outliers of the dynamic target are multiplied in half.
            if (profile.Quantization is { OutlierMagnitude: null })
                result.QuantizedMacShare.Should().BeGreaterThan(file.StartsWith("en_number") ? 0.79 : 0.99, "only the text model has LSTMs, which stay float");
        }
    }

    [Theory]
    [InlineData("yolox_nano.onnx", 416, 255, "Focus as 6 x 6 Conv|MaxPool 13 as 3 pools of 5|MaxPool 9 as 2 pools of 5")]
    [InlineData("yolox_nano_relu_tengine.onnx", 416, 2, "Focus as 6 x 6 Conv|MaxPool 13 as 3 pools of 5|MaxPool 9 as 2 pools of 5")]
    [InlineData("SINet.onnx", 320, 0.01f, "BN as depthwise Conv|BN folded")]
    [InlineData("en_number_mobile_v2.0_rec_infer.onnx", 32, 1, "BN folded|HardSwish")]
    public void Every_rewrite_that_applies_to_a_real_model_keeps_it(string file, int size, float scale, string reasons)
    {
        if (Folder() is not { } folder)
        {
            Assert.Skip("shared/real is absent: set PARITY_DATA to the folder that holds models/.");
            return;
        }
        var profile = TargetProfiles.Named("rk1808", "") with { Compiler = new CompilerRules(true, true, true, BatchNormForm.DepthwiseConvolution, new PoolSplit(7, 5), []) };
        int[] shape = [1, 3, size, size];
        var result = Lowerer.Lower(OnnxModel.Load(Path.Combine(folder, "models", file)), new LoweringPlan(profile, Calibrators.MinMax, 0, []), Net.Activations([Tensor.Create(Smooth(shape, scale), shape)]));
        foreach (var rewrite in result.Record!.Rewrites)
            TestContext.Current.TestOutputHelper?.WriteLine($"{file}: {rewrite}");
        result.Record.Rewrites.Select(r => r.Reason).Except(["identity removed"]).Should().Equal(reasons.Split('|'));
        result.Record.Rewrites.Should().OnlyContain(r => r.CheckRelativeError < 1e-4);
    }

    /// <summary>Noise with structure over several scales, as pictures have.</summary>
    private static float[] Smooth(int[] shape, float scale)
    {
        var values = new float[shape.Aggregate(1, (n, d) => n * d)];
        var noise = Net.Values(7, 0.1, values.Length);
        for (int i = 0; i < values.Length; i++)
        {
            int x = i % shape[3], y = i / shape[3] % shape[2], c = i / (shape[3] * shape[2]);
            values[i] = (float)Math.Clamp(0.5 + 0.25 * Math.Sin(x / (9.0 + c)) + 0.25 * Math.Sin(y / 17.0 + x / 40.0) + noise[i], 0, 1) * scale;
        }
        return values;
    }

    private static string? Folder()
    {
        string? given = Environment.GetEnvironmentVariable("PARITY_DATA");
        if (given is not null)
            return Directory.Exists(given) ? given : null;
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (Directory.Exists(Path.Combine(at.FullName, "shared", "real")))
                return Path.Combine(at.FullName, "shared", "real");
        return null;
    }
}
