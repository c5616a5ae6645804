using Parity.Core;

namespace Parity.Onnx.Tests;

public sealed class QdqTests
{
    /// <summary>x -> Q/DQ (per tensor, no zero point) -> Conv (weights int8 per channel, bias int32) -> Q/DQ (int8) -> y.</summary>
    internal static OnnxModel ConvNet()
    {
        var model = OnnxModel.Create(17);
        var graph = model.Graph;
        graph.AddInput("x", TensorType.Float32, 1, 2, 3, 3);
        graph.SetInitializer("xs", Tensor.Create(new[] { 0.5f }));
        graph.Add(new Node("QuantizeLinear", ["x", "xs"], ["xq"], "x/Q"));
        graph.Add(new Node("DequantizeLinear", ["xq", "xs"], ["xdq"], "x/DQ"));
        graph.SetInitializer("wq", Tensor.Create(new sbyte[] { 1, -2, 3, -128 }, 2, 2, 1, 1));
        graph.Add(new Node("Constant", [], ["ws"]).Set("value", Tensor.Create(new[] { 0.25f, 0.1f }, 2)));
        graph.SetInitializer("wz", Tensor.Create(new sbyte[] { 0, 0 }, 2));
        graph.Add(new Node("DequantizeLinear", ["wq", "ws", "wz"], ["w"], "w/DQ").Set("axis", -4));
        graph.SetInitializer("bq", Tensor.Create(new[] { 100, -7 }, 2));
        graph.SetInitializer("bs", Tensor.Create(new[] { 0.125f, 0.05f }, 2));
        graph.Add(new Node("DequantizeLinear", ["bq", "bs"], ["b"], "b/DQ").Set("axis", 0));
        graph.Add(new Node("Conv", ["xdq", "w", "b"], ["conv"], "conv"));
        graph.SetInitializer("ys", Tensor.Create(new[] { 0.75f }));
        graph.SetInitializer("yz", Tensor.Create(new sbyte[] { 3 }));
        graph.Add(new Node("QuantizeLinear", ["conv", "ys", "yz"], ["yq"], "y/Q"));
        graph.Add(new Node("DequantizeLinear", ["yq", "ys", "yz"], ["y"], "y/DQ"));
        graph.AddOutput("y", TensorType.Float32, [1, 2, 3, 3]);
        return OnnxModel.Parse(model.ToBytes());
    }

    [Fact]
    public void The_view_tells_activations_weights_and_biases_with_their_parameters()
    {
        var view = QdqView.Of(ConvNet());
        view.Unpaired.Should().BeEmpty();
        view.Pairs.Select(p => (p.Dequantized, p.Kind)).Should().BeEquivalentTo(
            [("xdq", QdqKind.Activation), ("w", QdqKind.Weight), ("b", QdqKind.Bias), ("y", QdqKind.Activation)]);

        var x = view.Of("x")!;
        x.Type.Should().Be(TensorType.UInt8, "a zero point left out is uint8 0");
        x.ZeroPoints.Should().Equal(0);
        x.Axis.Should().BeNull();
        x.RealRange().Should().Be((0.0, 127.5));
        x.Consumers.Should().ContainSingle().Which.Name.Should().Be("conv");

        var w = view.Of("w")!;
        w.Quantize.Should().BeNull();
        w.Axis.Should().Be(0, "-4 of four dimensions");
        w.Scales.Should().Equal(0.25f, 0.1f);
        view.Of("yq")!.Should().BeSameAs(view.Of("conv"));
        view.Of("conv")!.ZeroPoints.Should().Equal(3);
        view.Of("conv")!.Type.Should().Be(TensorType.Int8);
    }

    [Fact]
    public void The_float_twin_computes_weights_in_float32_and_keeps_names()
    {
        var model = ConvNet();
        byte[] before = model.ToBytes();
        var twin = FloatTwin.Of(model).Graph;
        twin.Nodes.Should().ContainSingle().Which.OpType.Should().Be("Conv");
        twin.Nodes[0].Inputs.Should().Equal("x", "w", "b");
        twin.Nodes[0].Outputs.Should().Equal("y");
        twin.Initializer("w")!.Span<float>().ToArray().Should().Equal(0.25f, -0.5f, 3 * 0.1f, -128 * 0.1f);
        twin.Initializer("b")!.Span<float>().ToArray().Should().Equal(12.5f, -7 * 0.05f);
        twin.Initializers.Should().BeEquivalentTo(["w", "b"]);
        model.ToBytes().Should().Equal(before, "the twin is another model");
    }

    [Fact]
    public void A_float_constant_behind_quantize_and_dequantize_is_rounded_half_to_even_and_saturated()
    {
        var model = OnnxModel.Create(17);
        var graph = model.Graph;
        graph.AddInput("x", TensorType.Float32, 4);
        graph.SetInitializer("w", Tensor.Create(new[] { 0.25f, 0.75f, 1000f, -1000f }, 4));
        graph.SetInitializer("s", Tensor.Create(new[] { 0.5f }));
        graph.SetInitializer("z", Tensor.Create(new sbyte[] { 1 }));
        graph.Add(new Node("QuantizeLinear", ["w", "s", "z"], ["wq"]));
        graph.Add(new Node("DequantizeLinear", ["wq", "s", "z"], ["wdq"]));
        graph.Add(new Node("Add", ["x", "wdq"], ["y"]));
        graph.AddOutput("y", TensorType.Float32);
        QdqView.Of(model).Pairs.Should().ContainSingle().Which.Kind.Should().Be(QdqKind.Weight);
        // 0.25/0.5 and 0.75/0.5 are ties: to 0 and 2. Then 127 and -128, less the zero point 1.
        FloatTwin.Of(model).Graph.Initializer("wdq")!.Span<float>().ToArray().Should().Equal(0f, 1f, 63f, -64.5f);
    }

    [Fact]
    public void Quantize_without_dequantize_and_computed_scales_are_listed_not_paired()
    {
        var model = OnnxModel.Create(17);
        var graph = model.Graph;
        graph.AddInput("x", TensorType.Float32, 4);
        graph.Add(new Node("DynamicQuantizeLinear", ["x"], ["q", "s", "z"]));
        graph.Add(new Node("DequantizeLinear", ["q", "s", "z"], ["d"], "dynamic"));
        graph.SetInitializer("one", Tensor.Create(new[] { 1f }));
        graph.Add(new Node("QuantizeLinear", ["d", "one"], ["codes"], "last"));
        graph.AddOutput("codes", TensorType.UInt8);
        var view = QdqView.Of(model);
        view.Pairs.Should().BeEmpty();
        view.Unpaired.Select(u => u.Node.Name).Should().BeEquivalentTo(["dynamic", "last"]);
    }

    [Theory]
    [InlineData(0f)]
    [InlineData(float.NaN)]
    public void A_scale_that_is_not_positive_is_a_fault(float scale)
    {
        var model = ConvNet();
        model.Graph.SetInitializer("xs", Tensor.Create(new[] { scale }));
        var act = () => QdqView.Of(model);
        act.Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.Where.Should().Contain("x/DQ");
    }

    [Fact]
    public void Blocked_weights_take_a_scale_per_block()
    {
        var codes = Tensor.Create(new sbyte[] { 1, 2, 3, 4, 5, 6 }, 3, 2);
        var values = LinearQuantization.Dequantize(codes, [1, 10, 100, 1000], [0, 0, 0, 0], axis: 0, blockSize: 2, "test");
        values.Span<float>().ToArray().Should().Equal(1, 20, 3, 40, 500, 6000);
    }

    [Fact]
    public void Inspection_counts_a_quantized_convolution_by_hand()
    {
        var inspection = GraphInspection.Of(ConvNet());
        var conv = inspection.Layers.Single(l => l.Node == "conv");
        conv.Macs.Should().Be(2 * 3 * 3 * 2);
        conv.Bytes.Should().Be(4 * (18 + 4 + 2 + 18));
        conv.MacsPerByte.Should().Be(36.0 / 168);
        conv.Quantized.Should().BeTrue();
        inspection.QuantizedMacShare.Should().Be(1);
        inspection.Parameters.Should().Be(6, "four weights and two biases, no scales");
        inspection.Layers.Single(l => l.Node == "x/Q").Bytes.Should().Be(18 * 4 + 4 + 18, "float data, one scale, one byte a code");
    }
}
