using Microsoft.ML.OnnxRuntime;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Adapters.OnnxRuntime.Tests;

/// <summary>Chains against ONNX Runtime itself, which runs the same file operator by operator: the oracle of every bit.</summary>
public sealed class ChainTests : IDisposable
{
    private const int Width = 61, Height = 43;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("parity-chains-");

    /// <summary>Ties of every step around 0 and both saturations, their neighbours, and noise; no multiple of a block.</summary>
    private static Tensor Values(float scale)
    {
        float[] ties = [.. Enumerable.Range(-700, 1401).SelectMany(i => new[] { i * scale / 2, MathF.BitIncrement(i * scale / 2), MathF.BitDecrement(i * scale / 2) })];
        float[] all = [.. ties, 0, -0f, float.Epsilon, 1e30f, -1e30f, .. TestModels.Noise(1, -200 * scale, 200 * scale, 3 * Width * Height).Span<float>().ToArray()];
        return Tensor.Create(all[..(3 * Width * Height)], 1, 3, Height, Width);
    }

    [Theory]
    [InlineData("pair")]
    [InlineData("away")]
    [InlineData("away, narrow")]
    [InlineData("up")]
    [InlineData("inside")]
    [InlineData("half")]
    [InlineData("half, then away")]
    [InlineData("two readers")]
    public void A_chain_gives_the_bits_of_its_operators_one_by_one(string kind)
    {
        foreach (float scale in new[] { 0.25f, 0.0137f })
        {
            OnnxModel model = Model(kind, scale);
            ChainFusion.Apply(model.Clone(), withPairs: true).Should().HaveCount(kind == "two readers" ? 2 : 1, "else nothing is tested");
            Tensor x = Values(scale);
            var expected = Plain(model, x);
            foreach (bool optimize in new[] { false, true })
                Ours(model, x, optimize).Should().Equal(expected, $"{kind}, optimised {optimize}");
        }
    }

    [Theory]
    [InlineData(16)]
    [InlineData(128)]
    public void A_rounded_logarithm_is_exact_at_every_change_and_its_neighbours(int steps)
    {
        var table = new LogarithmSteps(steps);
        float[] values = new float[1024 * 40];
        int filled = 0;
        for (int step = -20 * steps; step < 4 * steps && filled + 3 < values.Length; step++)
        {
            float at = (float)Math.Pow(2, (step + 0.5) / steps);
            foreach (float value in new[] { MathF.BitDecrement(at), at, MathF.BitIncrement(at) })
                values[filled++] = value;
        }
        TestModels.Noise(2, 1e-6f, 40, values.Length - filled).Span<float>().CopyTo(values.AsSpan(filled));
        var results = new float[values.Length];
        table.Round(values, 5, results);

        results.Should().Equal(values.Select(v => (float)(Math.Round(steps * Math.Log2(v)) - 5)));
    }

    [Fact]
    public void Inner_tensors_of_a_chain_can_still_be_tapped()
    {
        OnnxModel model = Model("away", 0.25f);
        Tensor x = Values(0.25f);
        string path = Path.Combine(_folder.FullName, "model.onnx");
        model.Save(path);

        using ISession session = TestModels.Open(path, TestModels.Contract(Width, Height), ["floor", "rounded"], optimize: false);
        var tensors = session.Run(x);

        tensors["floor"].Span<float>().ToArray().Should().Equal(Plain(model, x, "floor"));
        tensors["rounded"].Span<sbyte>().ToArray().Select(c => (c + 7) * 0.25f).Should().Equal(Plain(model, x, "rounded_dq"), "a tap before a Q reads its codes");
        tensors["y"].Span<float>().ToArray().Should().Equal(Plain(model, x));
    }

    [Fact]
    public void A_tensor_of_unknown_shape_keeps_its_rank_behind_a_chain()
    {
        OnnxModel model = Model("away", 0.25f);
        // Reshaped by sizes that are there when the model runs, not when it is loaded.
        Add(model, "Shape", "shape", "x");
        Add(model, "Gather", "sized", "shape", "order");
        model.Graph.SetInitializer("order", Tensor.Create(new long[] { 0, 1, 3, 2 }, 4));
        Add(model, "Reshape", "turned", "x", "sized");
        model.Graph.SetInput(model.Graph.ProducerOf("v")!, 0, "turned");
        model.Graph.Add(new Node("ReduceMax", ["rounded_dq"], ["largest"]).Set("axes", [3L]).Set("keepdims", 1L));
        Add(model, "Add", "z", "y", "largest");
        model.Graph.RemoveOutput("y");
        model.Graph.AddOutput("z", TensorType.Float32);
        Tensor x = Values(0.25f);

        Ours(model, x, optimize: false).Should().Equal(Plain(model, x));
    }

    [Fact]
    public void A_model_that_rounds_nothing_is_left_as_it_is()
    {
        OnnxModel model = OnnxModel.Create(17);
        model.Graph.AddInput("x", TensorType.Float32, 1, 3, Height, Width);
        Scalars(model, ("a", 2), ("b", 0), ("c", 6));
        Add(model, "Mul", "m", "x", "a");
        Add(model, "Clip", "y", "m", "b", "c");
        model.Graph.AddOutput("y", TensorType.Float32, [1, 3, Height, Width]);
        byte[] before = model.ToBytes();

        ChainFusion.Apply(model, withPairs: true).Should().BeEmpty();
        model.ToBytes().Should().Equal(before);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static OnnxModel Model(string kind, float scale)
    {
        OnnxModel model = OnnxModel.Create(17);
        model.Graph.AddInput("x", TensorType.Float32, 1, 3, Height, Width);
        Scalars(model, ("scale", scale), ("half", MathF.BitDecrement(0.5f)), ("low", -127), ("high", 127), ("three", 3));
        model.Graph.SetInitializer("zero", Tensor.Create<sbyte>([kind == "inside" ? (sbyte)3 : (sbyte)-7], []));
        string value = "x";
        if (kind.StartsWith("half", StringComparison.Ordinal))
        {
            model.Graph.Add(new Node("Cast", ["x"], ["x16"]).Set("to", (long)TensorType.Float16));
            model.Graph.Add(new Node("Cast", ["x16"], ["x32"]).Set("to", (long)TensorType.Float32));
            value = "x32";
        }
        if (kind.Contains("away", StringComparison.Ordinal) || kind == "two readers")
        {
            Add(model, "Div", "v", value, "scale");
            Add(model, "Abs", "m", "v");
            Add(model, "Add", "lifted", "m", "half");
            Add(model, "Floor", "floor", "lifted");
            Add(model, "Sign", "sign", "v");
            Add(model, "Mul", "whole", "floor", "sign");
            value = kind.EndsWith("narrow", StringComparison.Ordinal) ? Add(model, "Clip", "clamped", "whole", "low", "high") : "whole";
            value = Add(model, "Mul", "rounded", value, "scale");
        }
        else if (kind == "up")
        {
            Add(model, "Div", "v", value, "scale");
            Add(model, "Add", "doubled", "v", "v");
            Add(model, "Floor", "doubled_floor", "doubled");
            Add(model, "Floor", "floor", "v");
            Add(model, "Sub", "whole", "doubled_floor", "floor");
            value = Add(model, "Mul", "rounded", "whole", "scale");
        }
        else if (kind == "inside")
        {
            Add(model, "Div", "v", value, "scale");
            Add(model, "Add", "moved", "v", "three");
            Add(model, "Round", "whole", "moved");
            Add(model, "Sub", "unmoved", "whole", "three");
            value = Add(model, "Mul", "rounded", "unmoved", "scale");
        }
        if (kind != "half")
        {
            Add(model, "QuantizeLinear", "q", value, "scale", "zero");
            Add(model, "DequantizeLinear", "rounded_dq", "q", "scale", "zero");
            value = "rounded_dq";
        }
        // Something that is no part of a chain reads each result.
        Add(model, "Sigmoid", "y", value);
        if (kind == "two readers")
        {
            Add(model, "Sigmoid", "z", "rounded");
            Add(model, "Max", "both", "y", "z");
        }
        model.Graph.AddOutput(kind == "two readers" ? "both" : "y", TensorType.Float32, [1, 3, Height, Width]);
        return model;
    }

    private static string Add(OnnxModel model, string type, string output, params string[] inputs)
    {
        model.Graph.Add(new Node(type, inputs, [output], output));
        return output;
    }

    private static void Scalars(OnnxModel model, params (string Name, float Value)[] scalars)
    {
        foreach (var (name, value) in scalars)
            model.Graph.SetInitializer(name, Tensor.Create([value], []));
    }

    private static float[] Plain(OnnxModel model, Tensor x, string? output = null)
    {
        OnnxModel asked = model.Clone();
        if (output is not null)
            asked.Graph.AddOutput(output);
        using var options = new SessionOptions { GraphOptimizationLevel = GraphOptimizationLevel.ORT_DISABLE_ALL };
        using var session = new InferenceSession(asked.ToBytes(), options);
        using OrtValue value = OrtValue.CreateTensorValueFromMemory(x.Span<float>().ToArray(), [.. x.Shape.Select(d => (long)d)]);
        using var run = new RunOptions();
        using var results = session.Run(run, session.InputNames, [value], [output ?? session.OutputNames[0]]);
        return results[0].GetTensorDataAsSpan<float>().ToArray();
    }

    private float[] Ours(OnnxModel model, Tensor x, bool optimize)
    {
        string path = Path.Combine(_folder.FullName, "model.onnx");
        model.Save(path);
        using ISession session = TestModels.Open(path, TestModels.Contract(Width, Height), optimize: optimize);
        return session.Run(x)[session.Outputs[0].Name].Span<float>().ToArray();
    }
}
