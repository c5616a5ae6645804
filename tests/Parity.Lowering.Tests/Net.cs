using System.Collections.Immutable;
using Microsoft.ML.OnnxRuntime;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

/// <summary>A small float model with one input x, built node by node and run by ONNX Runtime.</summary>
internal sealed class Net
{
    private int _seed;

    public Net(int opset, params int[] inputShape)
    {
        Model = OnnxModel.Create(opset);
        Model.Graph.AddInput("x", TensorType.Float32, [.. inputShape]);
        InputShape = inputShape;
    }

    public OnnxModel Model { get; }

    public int[] InputShape { get; }

    public Graph Graph => Model.Graph;

    public Net Constant(string name, float[] values, params int[] shape)
    {
        Graph.SetInitializer(name, Tensor.Create(values, shape));
        return this;
    }

    public Net Constant(string name, params long[] values)
    {
        Graph.SetInitializer(name, Tensor.Create(values, values.Length));
        return this;
    }

    /// <summary>Normal values times <paramref name="spread"/>, the same every time.</summary>
    public Net Random(string name, double spread, params int[] shape) => Constant(name, Values(++_seed, spread, shape), shape);

    public Net Node(string op, string inputs, string output, Action<Node>? set = null)
    {
        var node = new Node(op, inputs.Split(' ', StringSplitOptions.RemoveEmptyEntries), output.Split(' '), $"{op}_{output}");
        set?.Invoke(node);
        Graph.Add(node);
        return this;
    }

    public Net Conv(string input, string output, int from, int to, int kernel = 3, int group = 1, bool bias = true)
    {
        Random($"{output}_w", 0.4, to, from / group, kernel, kernel);
        if (bias)
            Random($"{output}_b", 0.3, to);
        return Node("Conv", bias ? $"{input} {output}_w {output}_b" : $"{input} {output}_w", output, n => n
            .Set("kernel_shape", [(long)kernel, kernel]).Set("pads", [(long)kernel / 2, kernel / 2, kernel / 2, kernel / 2]).Set("group", (long)group));
    }

    public Net BatchNorm(string input, string output, int channels)
    {
        Random($"{output}_gamma", 1, channels).Random($"{output}_beta", 1, channels).Random($"{output}_mean", 0.5, channels);
        Constant($"{output}_var", [.. Values(++_seed, 1, channels).Select(v => v * v + 0.1f)], channels);
        return Node("BatchNormalization", $"{input} {output}_gamma {output}_beta {output}_mean {output}_var", output);
    }

    public Net Output(params string[] names)
    {
        foreach (string name in names)
            Graph.AddOutput(name, TensorType.Float32);
        return this;
    }

    public Tensor Input(int seed) => Tensor.Create(Values(1000 + seed, 1, InputShape), InputShape);

    public ActivationStream Stream(int count = 2) => Activations([.. Enumerable.Range(0, count).Select(Input)]);

    public LoweringResult Lower(string target, params string[] keepFloat) =>
        Lowerer.Lower(Model, new LoweringPlan(TargetProfiles.Named(target, "test"), Calibrators.MinMax, 99.99, [.. keepFloat]), Stream());

    /// <summary>Rewritten alone, nothing quantized.</summary>
    public LoweringResult Rewrite(CompilerRules rules) =>
        Lowerer.Lower(Model, new LoweringPlan(TargetProfiles.Named("tensorrt-fp32", "test") with { Compiler = rules }, Calibrators.MinMax, 0, []), Stream());

    /// <summary>The rewritten model's outputs against the model's, on an input that calibrated nothing.</summary>
    public double RewrittenError(LoweringResult result)
    {
        var input = Input(77);
        var before = Run(Model, [input], []).Single();
        var after = Run(result.Model, [input], []).Single();
        return Graph.Outputs.Max(o => RelativeError(before[o.Name], after[o.Name]));
    }

    /// <summary>Streams models of one input over the given values.</summary>
    public static ActivationStream Activations(ImmutableArray<Tensor> inputs) => (model, taps) => Run(model, inputs, taps, optimize: true);

    public static IEnumerable<IReadOnlyDictionary<string, Tensor>> Run(OnnxModel model, IEnumerable<Tensor> inputs, ImmutableArray<string> taps, bool optimize = false)
    {
        string input = model.Graph.Inputs.Single().Name;
        var tapped = model.Clone();
        foreach (string tap in taps.Where(t => t != input))
            tapped.Graph.AddOutput(tap);
        using var options = new SessionOptions
        {
            IntraOpNumThreads = 1,
            GraphOptimizationLevel = optimize ? GraphOptimizationLevel.ORT_ENABLE_ALL : GraphOptimizationLevel.ORT_DISABLE_ALL,
            LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR,
        };
        using var session = new InferenceSession(tapped.ToBytes(), options);
        using var run = new RunOptions();
        foreach (var value in inputs)
        {
            using var fed = OrtValue.CreateTensorValueFromMemory(value.Span<float>().ToArray(), [.. value.Shape.Select(d => (long)d)]);
            using var results = session.Run(run, [input], [fed], session.OutputNames);
            var values = new Dictionary<string, Tensor> { [input] = value };
            for (int i = 0; i < results.Count; i++)
            {
                var info = results[i].GetTensorTypeAndShape();
                int[] shape = [.. info.Shape.Select(d => (int)d)];
                values[session.OutputNames[i]] = info.ElementDataType switch
                {
                    Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Float => Tensor.Create(results[i].GetTensorDataAsSpan<float>().ToArray(), shape),
                    Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.UInt8 => Tensor.Create(results[i].GetTensorDataAsSpan<byte>().ToArray(), shape),
                    Microsoft.ML.OnnxRuntime.Tensors.TensorElementType.Int8 => Tensor.Create(results[i].GetTensorDataAsSpan<sbyte>().ToArray(), shape),
                    var other => throw new NotSupportedException($"{other}"),
                };
            }
            yield return values;
        }
    }

    public static float[] Values(int seed, double spread, params int[] shape)
    {
        var random = new Random(seed);
        var values = new float[shape.Aggregate(1, (n, d) => n * d)];
        for (int i = 0; i < values.Length; i++)
            values[i] = (float)(Math.Sqrt(-2 * Math.Log(1 - random.NextDouble())) * Math.Cos(2 * Math.PI * random.NextDouble()) * spread);
        return values;
    }

    /// <summary>Largest |difference| over largest |value|.</summary>
    public static double RelativeError(Tensor expected, Tensor actual)
    {
        actual.Shape.Should().Equal(expected.Shape);
        double largest = 0, difference = 0;
        for (int i = 0; i < expected.Count; i++)
        {
            largest = Math.Max(largest, Math.Abs(expected.Span<float>()[i]));
            difference = Math.Max(difference, Math.Abs(expected.Span<float>()[i] - (double)actual.Span<float>()[i]));
        }
        return difference / largest;
    }

    /// <summary>10 log10(sum r^2 / sum (r - q)^2).</summary>
    public static double SqnrDb(Tensor reference, Tensor target)
    {
        double signal = 0, noise = 0;
        for (int i = 0; i < reference.Count; i++)
        {
            double r = reference.Span<float>()[i], d = r - target.Span<float>()[i];
            signal += r * r;
            noise += d * d;
        }
        return 10 * Math.Log10(signal / noise);
    }
}
