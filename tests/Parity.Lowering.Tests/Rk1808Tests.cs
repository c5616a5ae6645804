using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class Rk1808Tests
{
    private static Net Chain() => new Net(13, 1, 3, 8, 8).Conv("x", "c", 3, 8).BatchNorm("c", "b", 8).Node("Relu", "b", "r").Conv("r", "y", 8, 4, 1).Output("y");

    [Fact]
    public void Convolution_batch_norm_and_relu_are_one_quantized_operator_and_the_output_keeps_its_name()
    {
        var result = Chain().Lower("rk1808");
        var graph = result.Model.Graph;
        graph.ProducerOf("b")!.Inputs.Should().Equal("x/dq", "c_w/dq", "c_b/dq");
        graph.ProducerOf("r")!.Inputs.Should().Equal("b");
        graph.ProducerOf("y/float")!.Inputs.Should().Equal("r/dq", "y_w/dq", "y_b/dq");
        graph.ProducerOf("y")!.OpType.Should().Be("DequantizeLinear");
        graph.Outputs.Single().Name.Should().Be("y");
        result.Map.Rows.Select(r => (r.Reference[0], r.Target[0], r.Transform)).Should().Equal(
            ("r", "r", TensorTransform.Dequantization), ("y", "y", TensorTransform.Dequantization));
        result.QuantizedMacShare.Should().Be(1);
        result.Qdq.Single(q => q.Tensor == "y/float").Source.Should().Be("y");
        result.Qdq.Where(q => q.Kind != "bias").Should().OnlyContain(q => q.Type == ElementType.UInt8 && q.Axis == null && q.Scales.Length == 1);
    }

    [Fact]
    public void Weights_and_bias_are_worked_out_by_hand()
    {
        // x in [-1, 1.55]: scale 0.01, zero point 100. w in [-0.5, 0.775]: scale 0.005, zero point 100. Bias scale 0.00005.
        var net = new Net(13, 1, 2, 1, 1).Constant("w", [-0.5f, 0.775f], 1, 2, 1, 1).Constant("b", [0.012f], 1).Node("Conv", "x w b", "y").Output("y");
        var inputs = Net.Activations([Tensor.Create(new[] { -1f, 1.55f }, 1, 2, 1, 1)]);
        var graph = Lowerer.Lower(net.Model, new LoweringPlan(TargetProfiles.Named("rk1808", ""), "min-max", 0, []), inputs).Model.Graph;
        graph.Initializer("x/scale")!.Span<float>()[0].Should().BeApproximately(0.01f, 1e-8f);
        graph.Initializer("x/zero_point")!.Span<byte>()[0].Should().Be(100);
        graph.Initializer("w/codes")!.Span<byte>().ToArray().Should().Equal(0, 255);
        graph.Initializer("w/zero_point")!.Span<byte>()[0].Should().Be(100);
        graph.Initializer("b/codes")!.Span<int>().ToArray().Should().Equal(240);
        graph.Initializer("b/scale")!.Span<float>()[0].Should().Be(graph.Initializer("x/scale")!.Span<float>()[0] * graph.Initializer("w/scale")!.Span<float>()[0]);
        graph.ProducerOf("b/dq")!.Inputs.Should().HaveCount(2, "a 32-bit zero point is left out");
    }

    [Fact]
    public void Sigmoid_and_product_are_operators_of_their_own()
    {
        var net = new Net(13, 1, 3, 6, 6).Conv("x", "c", 3, 4).Node("Sigmoid", "c", "s").Node("Mul", "c s", "m").Conv("m", "y", 4, 2).Output("y");
        var graph = net.Lower("rk1808").Model.Graph;
        graph.ProducerOf("s")!.Inputs.Should().Equal("c/dq");
        graph.ProducerOf("m")!.Inputs.Should().Equal("c/dq", "s/dq");
        graph.ProducerOf("y/float")!.Input(0).Should().Be("m/dq");
    }

    [Fact]
    public void Add_and_concat_have_output_parameters_of_their_own()
    {
        var net = new Net(13, 1, 4, 6, 6).Conv("x", "c", 4, 4).Conv("x", "d", 4, 4).Node("Add", "c d", "a").Node("Concat", "a c", "k", n => n.Set("axis", 1L))
            .Conv("k", "y", 8, 2).Output("y");
        var result = net.Lower("rk1808");
        result.Qdq.Where(q => q.Kind == "activation").Select(q => q.Tensor).Should().Equal("x", "c", "d", "a", "k", "y/float");
        foreach (string own in new[] { "a", "k" })
            result.Model.Graph.ProducerOf($"{own}/q")!.Inputs.Should().Equal(own, $"{own}/scale", $"{own}/zero_point");
        result.Qdq.Where(q => q.Tensor is "c" or "d" or "a").Select(q => q.Scales[0]).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Passive_operators_have_their_inputs_parameters_and_move_codes_exactly()
    {
        var net = new Net(13, 1, 4, 6, 6).Conv("x", "c", 4, 4).Node("MaxPool", "c", "m", n => n.Set("kernel_shape", [2L, 2L]).Set("strides", [2L, 2L]))
            .Node("Transpose", "m", "t", n => n.Set("perm", [0L, 2L, 3L, 1L])).Node("Transpose", "t", "u", n => n.Set("perm", [0L, 3L, 1L, 2L]))
            .Constant("s", [1, 1, 2, 2], 4).Node("Resize", "u  s", "z").Conv("z", "y", 4, 2).Output("y");
        net.Graph.SetInput(net.Graph.ProducerOf("z")!, 1, "");
        net.Graph.SetInput(net.Graph.ProducerOf("z")!, 2, "s");
        var result = net.Lower("rk1808");
        var pairs = result.Qdq.ToDictionary(q => q.Tensor);
        foreach (string passive in new[] { "m", "t", "u", "z" })
        {
            pairs[passive].Scales.Should().Equal(pairs["c"].Scales);
            pairs[passive].ZeroPoints.Should().Equal(pairs["c"].ZeroPoints);
        }
        var run = Net.Run(result.Model, [net.Input(5)], ["u", "u/dq"]).Single();
        run["u/dq"].Span<float>().ToArray().Should().Equal(run["u"].Span<float>().ToArray());
    }

    [Fact]
    public void A_linear_resize_computes_and_a_constant_operand_is_quantized_too()
    {
        var net = new Net(13, 1, 4, 3, 3).Constant("s", [1, 1, 2, 2], 4).Constant("k", [0.5f, 1.5f, -1, 0], 1, 4, 1, 1)
            .Node("Mul", "x k", "m").Node("Resize", "m x s", "y", n => n.Set("mode", "linear")).Output("y");
        net.Graph.SetInput(net.Graph.ProducerOf("y")!, 1, "");
        var result = net.Lower("rk1808");
        result.Model.Graph.ProducerOf("m")!.Inputs.Should().Equal("x/dq", "k/dq");
        result.Model.Graph.ProducerOf("y/float")!.Inputs.Should().Equal("m/dq", "", "s");
        result.Qdq.Single(q => q.Tensor == "k").Scales.Single().Should().BeApproximately(2.5 / 255, 1e-9);
    }

    [Fact]
    public void A_float_operator_reads_dequantized_tensors_and_its_passive_followers_stay_float()
    {
        var net = new Net(13, 1, 4, 3, 3).Conv("x", "c", 4, 4).Node("Softmax", "c", "s", n => n.Set("axis", 1L))
            .Node("Transpose", "s", "y", n => n.Set("perm", [0L, 2L, 3L, 1L])).Output("y");
        var result = net.Lower("rk1808");
        result.Model.Graph.ProducerOf("s")!.Inputs.Should().Equal("c/dq");
        result.Model.Graph.ProducerOf("y")!.Inputs.Should().Equal("s");
        result.Record!.Operators.Should().Equal(new UnsupportedOperator("Softmax_s", "Softmax", "float", "the profile has no rule that quantizes it"));
    }

    [Fact]
    public void A_kept_layer_computes_in_float_between_dequantized_input_and_a_new_pair()
    {
        var net = Chain();
        var result = net.Lower("rk1808", "Conv_c");
        var graph = result.Model.Graph;
        result.KeptFloat.Should().Equal("Conv_c", "Relu_r");
        graph.ProducerOf("b")!.Inputs.Should().Equal("x", "c_w", "c_b");
        graph.ProducerOf("y/float")!.Input(0).Should().Be("r/dq");
        result.Model.Graph.ProducerOf("r")!.Inputs.Should().Equal("b");

        var behind = net.Lower("rk1808", "y");
        behind.Model.Graph.ProducerOf("y")!.Inputs.Should().Equal("r/dq", "y_w", "y_b");
        behind.Qdq.Should().Contain(q => q.Tensor == "x");
    }

    [Fact]
    public void A_tensor_without_extent_is_carried_exactly()
    {
        var net = new Net(13, 1, 2, 1, 1).Constant("w", [0, 0], 1, 2, 1, 1).Constant("b", [3], 1).Node("Conv", "x w b", "y").Output("y");
        var result = net.Lower("rk1808");
        Net.Run(result.Model, [net.Input(0)], []).Single()["y"].Span<float>().ToArray().Should().OnlyContain(v => Math.Abs(v - 3) < 1e-6);
    }

    [Fact]
    public void An_input_that_is_an_output_of_a_passive_operator_survives()
    {
        var net = new Net(13, 1, 4, 2, 2).Conv("x", "c", 4, 4).Node("Relu", "c", "y").Node("Flatten", "y", "z").Output("y", "z");
        var result = net.Lower("rk1808");
        result.Model.Graph.Outputs.Select(o => o.Name).Should().Equal("y", "z");
        var run = Net.Run(result.Model, [net.Input(0)], []).Single();
        run["z"].Span<float>().ToArray().Should().Equal(run["y"].Span<float>().ToArray());
        Net.SqnrDb(Net.Run(net.Model, [net.Input(0)], []).Single()["y"], run["y"]).Should().BeGreaterThan(25);
    }
}
