using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class HalfPrecisionTests
{
    private static Net Chain() => new Net(13, 1, 3, 8, 8).Conv("x", "c", 3, 8).BatchNorm("c", "b", 8).Node("Relu", "b", "r").Conv("r", "y", 8, 4, 1).Output("y");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Every_result_is_a_half_and_near_the_float_one(bool optimize)
    {
        var net = Chain();
        var result = net.Lower("tensorrt-fp16");
        var expected = Net.Run(net.Model, [net.Input(3)], ["b", "r"]).Single();
        var actual = Net.Run(result.Model, [net.Input(3)], ["b", "r"], optimize).Single();
        foreach (string tensor in new[] { "b", "r", "y" })
        {
            actual[tensor].Span<float>().ToArray().Should().OnlyContain(v => (float)(Half)v == v);
            Net.RelativeError(expected[tensor], actual[tensor]).Should().BeInRange(1e-6, 2e-3);
        }
        result.QuantizedMacShare.Should().BeNull();
        result.Qdq.Should().BeEmpty();
    }

    [Fact]
    public void One_operator_is_the_float_operator_on_halves_rounded_to_half()
    {
        var net = new Net(13, 1, 64).Random("k", 3, 64).Node("Mul", "x k", "y").Output("y");
        var k = net.Graph.Initializer("k")!.Span<float>().ToArray();
        var result = net.Lower("tensorrt-fp16");
        var actual = Net.Run(result.Model, [net.Input(1)], []).Single()["y"].Span<float>().ToArray();
        actual.Should().Equal(net.Input(1).Span<float>().ToArray().Select((x, i) => (float)(Half)((float)(Half)x * (float)(Half)k[i])));
        result.Model.Graph.Inputs.Single().Type.Should().Be(TensorType.Float32);
        result.Model.Graph.Outputs.Single().Type.Should().Be(TensorType.Float32);
        result.Model.Graph.ConstantType("k/half").Should().Be(TensorType.Float16);
    }

    [Fact]
    public void Limits_and_factors_are_arguments_and_stay_exact()
    {
        var net = new Net(13, 1, 1, 3, 3).Constant("s", [1, 1, 2.3337f, 2], 4).Constant("lo", [-70000f]).Constant("hi", [0.3f])
            .Node("Clip", "x lo hi", "c").Node("Resize", "c s s", "y", n => n.Set("mode", "linear")).Output("y");
        net.Graph.SetInput(net.Graph.ProducerOf("y")!, 1, "");
        var graph = net.Lower("tensorrt-fp16").Model.Graph;
        graph.Initializer("s")!.Span<float>()[2].Should().Be(2.3337f);
        graph.Initializer("lo")!.Span<float>()[0].Should().Be(-70000f);
    }

    [Fact]
    public void Weights_beyond_half_stay_float_and_are_named()
    {
        var net = new Net(13, 1, 2).Constant("k", [1e6f, 1], 2).Node("Mul", "x k", "y").Output("y");
        var result = net.Lower("tensorrt-fp16");
        result.Notes.Should().ContainMatch("constants beyond the range of half*k");
        result.Model.Graph.Initializer("k")!.Span<float>()[0].Should().Be(1e6f);
    }

    [Fact]
    public void A_kept_layer_stays_float()
    {
        var result = Chain().Lower("tensorrt-fp16", "Conv_y");
        result.KeptFloat.Should().Equal("Conv_y");
        result.Model.Graph.ProducerOf("y")!.OpType.Should().Be("Conv");
        result.Model.Graph.Initializer("y_w")!.Type.Should().Be(ElementType.Float32);
    }

    [Fact]
    public void Float32_folds_and_quantizes_nothing()
    {
        var result = Chain().Lower("tensorrt-fp32");
        result.Model.Graph.Nodes.Select(n => n.OpType).Should().Equal("Conv", "Relu", "Conv");
        (result.Qdq.Length, result.QuantizedMacShare).Should().Be((0, (double?)null));
        result.Map.Rows.Should().OnlyContain(r => r.Transform == TensorTransform.None && r.CheckRelativeError < 1e-5);
    }
}
