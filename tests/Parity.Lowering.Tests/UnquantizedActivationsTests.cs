using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

/// <summary>The model of a waterfall whose weights alone are quantized, against the float model with the weights replaced by hand.</summary>
public sealed class UnquantizedActivationsTests
{
    private static Net Small() => new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 8).Node("Relu", "a", "ar").Conv("ar", "b", 8, 8).Node("Add", "b ar", "sum").Conv("sum", "y", 8, 4, 1).Output("y");

    [Theory]
    [InlineData("tensorrt")]
    [InlineData("rk1808")]
    [InlineData("rk3588")]
    [InlineData("t40")]
    [InlineData("hi3559")]
    public void Weights_and_biases_are_those_of_the_target_and_nothing_else_is_rounded(string target)
    {
        Net net = Small();
        LoweringResult lowered = net.Lower(target);
        OnnxModel weightsAlone = UnquantizedActivations.Of(lowered);
        OnnxModel expected = net.Model.Clone();
        int replaced = 0;
        foreach (string name in expected.Graph.Initializers)
            if (ByHand(lowered.Model.Graph, name) is { } values && ++replaced > 0)
                expected.Graph.SetInitializer(name, Tensor.Create(values, expected.Graph.Initializer(name)!.Shape.AsSpan()));
        Tensor x = net.Input(5);
        Tensor y = Net.Run(weightsAlone, [x], []).Single()["y"];

        replaced.Should().BeGreaterThanOrEqualTo(3);
        y.Span<float>().ToArray().Should().Equal(Net.Run(expected, [x], []).Single()["y"].Span<float>().ToArray());
        y.Span<float>().ToArray().Should().NotEqual(Net.Run(net.Model, [x], []).Single()["y"].Span<float>().ToArray(), "weights are quantized");
        weightsAlone.Graph.Nodes.Should().OnlyContain(n => n.OpType == "Conv" || n.OpType == "Relu" || n.OpType == "Add" || n.OpType == "Identity");
    }

    [Fact]
    public void Columns_with_weights_of_their_own_have_no_such_model()
    {
        var net = new Net(13, 1, 4, 6, 6).Conv("x", "y", 4, 8).Output("y");
        FluentActions.Invoking(() => UnquantizedActivations.Of(net.Lower("cuda-w8a8"))).Should().Throw<FaultException>().WithMessage("*outlier*");
    }

    /// <summary>(code - zero point) x scale of a stored constant, or its values where codes are logarithms; null where the target keeps it in float.</summary>
    private static float[]? ByHand(Graph graph, string constant)
    {
        if (graph.Initializer($"{constant}/dq") is { } logarithms)
            return logarithms.Span<float>().ToArray();
        if (graph.Initializer($"{constant}/codes") is not { } codes)
            return null;
        float[] scales = graph.Initializer($"{constant}/scale")!.Span<float>().ToArray();
        double[] zeros = graph.Initializer($"{constant}/zero_point") is { } zero ? [.. LinearQuantization.Codes(zero).Select(z => (double)z)] : [0];
        int each = codes.Count / scales.Length;
        return [.. LinearQuantization.Codes(codes).Select((c, i) => (float)((double)c - zeros[zeros.Length == 1 ? 0 : i / each]) * scales[i / each])];
    }
}
