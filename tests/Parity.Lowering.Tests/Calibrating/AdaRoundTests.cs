using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering.Tests;

public class AdaRoundTests
{
    private static readonly AdaRoundOptions Options = new(300, 256, 7);

    public static TheoryData<string, string> Layers => new()
    {
        { "conv", "tensorrt" }, { "conv", "rk1808" }, { "strided", "tensorrt" }, { "grouped", "tensorrt" }, { "depthwise", "tensorrt" }, { "depthwise", "rk1808" },
        { "gemm", "tensorrt" }, { "gemm-trans", "tensorrt" }, { "matmul", "rk1808" },
    };

    /// <summary>Correlated inputs, as a network's are: neighbours and channels look alike, so errors of weights add up or cancel.</summary>
    [Theory]
    [MemberData(nameof(Layers))]
    public void Inputs_it_has_not_seen_are_reconstructed_no_worse_than_by_rounding_to_nearest(string kind, string target)
    {
        var net = Build(kind);
        var calibration = Enumerable.Range(0, 6).Select(i => Correlated(i, net.InputShape)).ToImmutableArray();
        var unseen = Enumerable.Range(100, 4).Select(i => Correlated(i, net.InputShape)).ToImmutableArray();
        var expected = Net.Run(net.Model, unseen, []).Select(v => v["y"]).ToList();
        double nearest = Error(null), adaRound = Error(Options);
        adaRound.Should().BeLessThan(nearest);

        // Weights alone are quantized: the float operator runs with the lowered model's dequantized weights.
        double Error(AdaRoundOptions? options)
        {
            var lowered = Lower(net, target, options, calibration).Model;
            var weights = Net.Run(lowered, calibration.Take(1), ["w/dq"]).Single()["w/dq"];
            var quantized = net.Model.Clone();
            quantized.Graph.SetInitializer("w", weights);
            return Net.Run(quantized, unseen, []).Zip(expected, (q, e) => Enumerable.Range(0, e.Count).Sum(i => Math.Pow(q["y"].Span<float>()[i] - e.Span<float>()[i], 2))).Sum();
        }
    }

    [Fact]
    public void Every_weight_is_one_of_the_two_codes_beside_it_and_scales_stay()
    {
        var net = Build("conv");
        var inputs = Enumerable.Range(0, 4).Select(i => Correlated(i, net.InputShape)).ToImmutableArray();
        var nearest = Lower(net, "tensorrt", null, inputs);
        var chosen = Lower(net, "tensorrt", Options, inputs);
        var scales = nearest.Qdq.Single(q => q.Kind == "weight").Scales;
        chosen.Qdq.Single(q => q.Kind == "weight").Scales.Should().Equal(scales);
        var weights = net.Graph.Initializer("w")!.Span<float>().ToArray();
        var codes = chosen.Model.Graph.Initializer("w/codes")!.Span<sbyte>().ToArray();
        int moved = 0;
        for (int i = 0; i < weights.Length; i++)
        {
            double exact = weights[i] / scales[i / (weights.Length / scales.Length)];
            ((double)codes[i]).Should().BeInRange(Math.Floor(exact - 1e-4), Math.Ceiling(exact + 1e-4));
            moved += codes[i] != Math.Round(exact) ? 1 : 0;
        }
        moved.Should().BeGreaterThan(weights.Length / 50);
        chosen.Notes.Should().ContainSingle(n => n.StartsWith("AdaRound (300 iterations, 256 samples) on 1 layers"));
    }

    [Fact]
    public void The_same_seed_gives_the_same_codes()
    {
        var net = Build("conv");
        var inputs = Enumerable.Range(0, 3).Select(i => Correlated(i, net.InputShape)).ToImmutableArray();
        byte[] Model(ulong seed) => Lower(net, "tensorrt", Options with { Seed = seed }, inputs).Model.ToBytes();
        Model(1).Should().Equal(Model(1));
        Model(2).Should().NotEqual(Model(1));
    }

    [Fact]
    public void What_it_cannot_reconstruct_is_rounded_to_nearest_and_named()
    {
        var net = new Net(13, 1, 4, 5, 5).Random("w", 1, 4, 3, 2, 2).Node("ConvTranspose", "x w", "y").Output("y");
        var result = Lower(net, "tensorrt", Options, [net.Input(1)]);
        result.Notes.Should().Contain("AdaRound left to nearest rounding: ConvTranspose_y");
    }

    /// <summary>The operator's own arithmetic is the oracle: patches times weights are what ONNX Runtime computes.</summary>
    [Theory]
    [InlineData("conv")]
    [InlineData("strided")]
    [InlineData("grouped")]
    [InlineData("depthwise")]
    [InlineData("same-upper")]
    [InlineData("same-lower")]
    [InlineData("gemm-trans")]
    public void Patches_times_weights_are_the_operators_outputs(string kind)
    {
        var net = Build(kind);
        var node = net.Graph.ProducerOf("y")!;
        var geometry = PatchGeometry.Of(net.Graph, node)!;
        var input = Correlated(1, net.InputShape);
        var output = Net.Run(net.Model, [input], []).Single()["y"];
        float[] weights = net.Graph.Initializer("w")!.Span<float>().ToArray();
        int outputs = weights.Length / geometry.GroupLength, positions = geometry.Positions(input.Shape);
        output.Count.Should().Be(positions * outputs);
        var row = new float[geometry.RowLength];
        for (int position = 0; position < positions; position++)
        {
            geometry.Copy(input, position, row);
            for (int o = 0; o < outputs; o++)
            {
                int group = o / (outputs / geometry.Groups);
                double sum = Enumerable.Range(0, geometry.GroupLength).Sum(k => (double)row[group * geometry.GroupLength + k] * weights[o * geometry.GroupLength + k]);
                float actual = output.Span<float>()[geometry.Kernel.IsEmpty ? position * outputs + o : o * positions + position];
                actual.Should().BeApproximately((float)sum, 1e-4f);
            }
        }
    }

    private static LoweringResult Lower(Net net, string target, AdaRoundOptions? options, ImmutableArray<Tensor> inputs) =>
        Lowerer.Lower(net.Model, new LoweringPlan(TargetProfiles.Named(target, ""), Calibrators.MinMax, 0, []) { Options = CalibrationOptions.Default with { AdaRound = options } }, Net.Activations(inputs));

    private static Net Build(string kind) => kind switch
    {
        "conv" => Convolution(8, 6, 3, 1, n => n.Set("pads", [1L, 1, 1, 1])),
        "strided" => Convolution(8, 6, 3, 1, n => n.Set("pads", [0L, 1, 2, 1]).Set("strides", [2L, 1]).Set("dilations", [1L, 2])),
        "grouped" => Convolution(8, 6, 3, 2, n => n.Set("pads", [1L, 1, 1, 1]).Set("group", 2L)),
        "depthwise" => Convolution(8, 8, 3, 8, n => n.Set("pads", [1L, 1, 1, 1]).Set("group", 8L)),
        "same-upper" => Convolution(8, 6, 2, 1, n => n.Set("auto_pad", "SAME_UPPER").Set("strides", [2L, 2])),
        "same-lower" => Convolution(8, 6, 2, 1, n => n.Set("auto_pad", "SAME_LOWER")),
        "gemm" => new Net(13, 32, 24).Random("w", 0.3, 24, 10).Node("Gemm", "x w", "y").Output("y"),
        "gemm-trans" => new Net(13, 32, 24).Random("w", 0.3, 10, 24).Node("Gemm", "x w", "y", n => n.Set("transB", 1L)).Output("y"),
        "matmul" => new Net(13, 1, 32, 24).Random("w", 0.3, 24, 10).Node("MatMul", "x w", "y").Output("y"),
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };

    private static Net Convolution(int from, int to, int kernel, int group, Action<Parity.Onnx.Node> set) =>
        new Net(13, 1, from, 9, 11).Random("w", 0.4, to, from / group, kernel, kernel).Node("Conv", "x w", "y", set).Output("y");

    private static Tensor Correlated(int seed, int[] shape)
    {
        float[] values = Net.Values(seed, 1, shape), smooth = new float[values.Length];
        for (int i = 0; i < values.Length; i++)
            smooth[i] = Math.Max(0, values[i] * 0.5f + (i > 0 ? smooth[i - 1] : 0) * 0.7f + 0.2f);
        return Tensor.Create(smooth, shape);
    }
}
