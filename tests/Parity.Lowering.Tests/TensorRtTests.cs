using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class TensorRtTests
{
    private static string[] Ops(LoweringResult result) => [.. result.Model.Graph.Nodes.Select(n => n.OpType)];

    private static Net Chain() => new Net(13, 1, 3, 8, 8).Conv("x", "c", 3, 8).BatchNorm("c", "b", 8).Node("Relu", "b", "r").Conv("r", "y", 8, 4, 1).Output("y");

    [Fact]
    public void A_chain_gets_pairs_in_front_of_its_convolutions_and_none_between_convolution_and_relu()
    {
        var result = Chain().Lower("tensorrt");
        var graph = result.Model.Graph;
        graph.ProducerOf("b")!.Inputs.Should().Equal("x/dq", "c_w/dq", "c_b");
        graph.ProducerOf("r")!.Inputs.Should().Equal("b");
        graph.ProducerOf("y")!.Inputs.Should().Equal("r/dq", "y_w/dq", "y_b");
        graph.ProducerOf("r/q")!.Inputs.Should().Equal("r", "r/scale", "r/zero_point");
        result.Qdq.Select(q => (q.Tensor, q.Kind, q.Axis)).Should().BeEquivalentTo(new (string, string, int?)[]
        {
            ("x", "activation", null), ("r", "activation", null), ("c_w", "weight", 0), ("y_w", "weight", 0),
        });
        result.QuantizedMacShare.Should().Be(1);
        result.Map.Rows.Select(r => (r.Reference[0], r.Target[0], r.Transform)).Should().Equal(
            ("r", "r", TensorTransform.Dequantization), ("y", "y", TensorTransform.None));
        result.Map.Unmatched.Should().Equal(new UnmatchedTensor("c", "BN folded"), new UnmatchedTensor("b", "fused activation"));
    }

    [Fact]
    public void Weights_are_codes_per_channel_from_the_largest_magnitude_with_ties_to_even()
    {
        // Channel 0: scale 2 / 127; 127 codes to a unit of 2, so 0.5 codes are at 1 / 127.
        float unit = 2f / 127;
        var net = new Net(13, 1, 4, 1, 1).Constant("w", [2, 0.5f * unit, 1.5f * unit, -2, 0, 0, 0, 0, -8, 4, 2, 1], 3, 4, 1, 1).Node("Conv", "x w", "y").Output("y");
        var graph = net.Lower("tensorrt").Model.Graph;
        graph.Initializer("w/scale")!.Span<float>().ToArray().Should().Equal(2f / 127, 1, 8f / 127);
        graph.Initializer("w/codes")!.Span<sbyte>().ToArray().Should().Equal(127, 0, 2, -127, 0, 0, 0, 0, -127, 64, 32, 16);
        graph.Initializer("w/zero_point")!.Span<sbyte>().ToArray().Should().Equal(0, 0, 0);
        graph.IsInitializer("w").Should().BeFalse();
    }

    [Fact]
    public void An_activation_scale_is_the_largest_magnitude_of_all_inputs_over_127()
    {
        var net = new Net(13, 1, 2, 1, 1).Constant("w", [1, 1], 1, 2, 1, 1).Node("Conv", "x w", "y").Output("y");
        var inputs = Net.Activations([Tensor.Create(new[] { 0.5f, -3f }, 1, 2, 1, 1), Tensor.Create(new[] { 2.5f, 1f }, 1, 2, 1, 1)]);
        var plan = new LoweringPlan(TargetProfiles.Named("tensorrt", ""), "min-max", 0, []);
        var result = Lowerer.Lower(net.Model, plan, inputs);
        var pair = result.Qdq.Single(q => q.Tensor == "x");
        pair.Scales.Should().Equal(3f / 127);
        pair.ZeroPoints.Should().Equal(0);
        pair.Low.Should().BeApproximately(-128 * 3.0 / 127, 1e-6);
        pair.Consumers.Should().Equal("Conv_y");
    }

    [Fact]
    public void The_other_branch_of_an_add_that_fuses_with_a_convolution_is_quantized()
    {
        var net = new Net(13, 1, 4, 6, 6).Node("Relu", "x", "s").Conv("s", "c", 4, 4).Node("Add", "c s", "a").Node("Relu", "a", "r").Conv("r", "y", 4, 2, 1).Output("y");
        var graph = net.Lower("tensorrt").Model.Graph;
        graph.ProducerOf("a")!.Inputs.Should().Equal("c", "s/dq");
        graph.ProducerOf("c")!.Input(0).Should().Be("s/dq");
        graph.ConsumersOf("s").Should().ContainSingle("one pair serves both readers");
    }

    [Fact]
    public void Of_two_convolutions_into_an_add_the_later_one_fuses()
    {
        var net = new Net(13, 1, 4, 6, 6).Conv("x", "c", 4, 4).Conv("x", "d", 4, 4, 1).Node("Add", "d c", "y").Output("y");
        net.Lower("tensorrt").Model.Graph.ProducerOf("y")!.Inputs.Should().Equal("d", "c/dq");
    }

    [Fact]
    public void An_add_of_no_convolution_stays_float()
    {
        var net = new Net(13, 1, 4, 6, 6).Conv("x", "c", 4, 4).Node("Relu", "c", "r").Node("Sigmoid", "c", "s").Node("Add", "r s", "y").Output("y");
        net.Lower("tensorrt").Model.Graph.ProducerOf("y")!.Inputs.Should().Equal("r", "s");
    }

    [Fact]
    public void Concat_and_pooling_are_not_forced_and_the_pair_stands_at_the_consumer()
    {
        var net = new Net(13, 1, 4, 6, 6).Conv("x", "c", 4, 4).Node("MaxPool", "c", "m", n => n.Set("kernel_shape", [1L, 1L]))
            .Node("Concat", "c m", "k", n => n.Set("axis", 1L)).Conv("k", "y", 8, 2, 1).Output("y");
        var graph = net.Lower("tensorrt").Model.Graph;
        graph.ProducerOf("k")!.Inputs.Should().Equal("c", "m");
        graph.ProducerOf("y")!.Input(0).Should().Be("k/dq");
    }

    [Fact]
    public void Channel_axes_follow_the_operator()
    {
        var net = new Net(13, 1, 4, 3, 3).Random("tw", 0.3, 4, 5, 2, 2).Node("ConvTranspose", "x tw", "t", n => n.Set("strides", [2L, 2L]))
            .Node("GlobalAveragePool", "t", "g").Node("Flatten", "g", "f")
            .Random("gw", 0.3, 6, 5).Node("Gemm", "f gw", "h", n => n.Set("transB", 1L))
            .Random("nw", 0.3, 6, 7).Node("Gemm", "h nw", "n").Random("mw", 0.3, 7, 8).Node("MatMul", "n mw", "y").Output("y");
        var result = net.Lower("tensorrt");
        result.Qdq.Where(q => q.Kind == "weight").Select(q => (q.Tensor, q.Axis, q.Scales.Length)).Should().Equal(("tw", 1, 5), ("gw", 0, 6), ("nw", 1, 7), ("mw", 1, 8));
        result.QuantizedMacShare.Should().Be(1);
        Net.RelativeError(Net.Run(net.Model, [net.Input(0)], []).Single()["y"], Net.Run(result.Model, [net.Input(0)], []).Single()["y"]).Should().BeLessThan(0.05);
    }

    [Fact]
    public void A_depthwise_convolution_keeps_one_scale_a_channel_and_stays_near_the_float_model()
    {
        var net = new Net(13, 1, 6, 8, 8).Conv("x", "d", 6, 6, group: 6).Node("Relu", "d", "r").Conv("r", "y", 6, 4, 1).Output("y");
        var result = net.Lower("tensorrt");
        result.Qdq.Single(q => q.Tensor == "d_w").Scales.Should().HaveCount(6);
        Net.SqnrDb(Net.Run(net.Model, [net.Input(0)], []).Single()["y"], Net.Run(result.Model, [net.Input(0)], []).Single()["y"]).Should().BeGreaterThan(30);
    }

    [Fact]
    public void Two_matmul_activations_are_both_quantized()
    {
        var net = new Net(13, 1, 4, 4).Node("Relu", "x", "r").Node("MatMul", "x r", "y").Output("y");
        var result = net.Lower("tensorrt");
        result.Model.Graph.ProducerOf("y")!.Inputs.Should().Equal("x/dq", "r/dq");
        result.QuantizedMacShare.Should().Be(1);
    }

    [Fact]
    public void A_layer_kept_in_float_reads_float_while_its_neighbours_stay_quantized()
    {
        var net = Chain();
        var result = net.Lower("tensorrt", "Conv_y");
        result.KeptFloat.Should().Equal("Conv_y");
        result.Model.Graph.ProducerOf("y")!.Inputs.Should().Equal("r", "y_w", "y_b");
        result.Model.Graph.ProducerOf("b")!.Input(0).Should().Be("x/dq");
        double first = 8 * 8 * 8 * 27, second = 8 * 8 * 4 * 8;
        result.QuantizedMacShare.Should().BeApproximately(first / (first + second), 1e-12);
    }

    [Theory]
    [InlineData("BatchNormalization_b")] // folded into the convolution
    [InlineData("c")]                    // by its output, which is gone
    [InlineData("Relu_?")]               // fused behind it
    public void A_name_of_any_part_keeps_the_whole_fused_layer(string pattern) =>
        Chain().Lower("tensorrt", pattern).KeptFloat.Should().Equal("Conv_c", "Relu_r");

    [Fact]
    public void Names_that_fit_nothing_are_all_listed_with_the_nearest_one()
    {
        FluentActions.Invoking(() => Chain().Lower("tensorrt", "Conv_z", "Conv_c", "Relv*")).Should().Throw<FaultException>()
            .Which.Faults.Select(f => f.What + ": " + f.Remedy).Should().Equal(
                "no layer is named 'Conv_z': The nearest name is 'Conv_c'.", "no layer is named 'Relv*': The nearest name is 'Relu_r'.");
    }

    [Fact]
    public void No_calibration_inputs_is_a_fault()
    {
        var plan = new LoweringPlan(TargetProfiles.Named("tensorrt", ""), "min-max", 0, []);
        FluentActions.Invoking(() => Lowerer.Lower(Chain().Model, plan, (_, _) => [])).Should().Throw<FaultException>().WithMessage("*no calibration inputs*");
    }

    [Fact]
    public void NaN_in_an_activation_is_a_fault_that_names_the_tensor()
    {
        var net = new Net(13, 1, 2, 1, 1).Node("Sqrt", "x", "s").Constant("w", [1, 1], 1, 2, 1, 1).Node("Conv", "s w", "y").Output("y");
        var inputs = Net.Activations([Tensor.Create(new[] { 1f, -1f }, 1, 2, 1, 1)]);
        var plan = new LoweringPlan(TargetProfiles.Named("tensorrt", ""), "min-max", 0, []);
        var fault = FluentActions.Invoking(() => Lowerer.Lower(net.Model, plan, inputs)).Should().Throw<FaultException>().Which.Faults.Single();
        fault.Where.Should().Be("tensor s");
        fault.What.Should().Be("element 1 is NaN in calibration input 0");
    }

    [Fact]
    public void An_unknown_calibrator_and_an_unknown_layer_are_told_at_once()
    {
        var plan = new LoweringPlan(TargetProfiles.Named("tensorrt", ""), "magic", 0, ["nothing"]);
        FluentActions.Invoking(() => Lowerer.Lower(Chain().Model, plan, Chain().Stream())).Should().Throw<FaultException>()
            .Which.Faults.Should().HaveCount(2);
    }

    [Fact]
    public void The_same_inputs_give_the_same_bytes()
    {
        var (a, b) = (Chain().Lower("tensorrt"), Chain().Lower("tensorrt"));
        a.Model.ToBytes().Should().Equal(b.Model.ToBytes());
    }

    [Fact]
    public void The_model_given_is_not_changed()
    {
        var net = Chain();
        var before = net.Model.ToBytes();
        net.Lower("tensorrt");
        net.Lower("rk1808");
        net.Lower("tensorrt-fp16");
        net.Model.ToBytes().Should().Equal(before);
    }

    [Fact]
    public void Percentile_clips_what_min_max_keeps()
    {
        var net = Chain();
        var profile = TargetProfiles.Named("tensorrt", "");
        var wide = Lowerer.Lower(net.Model, new LoweringPlan(profile, "min-max", 0, []), net.Stream(4));
        var narrow = Lowerer.Lower(net.Model, new LoweringPlan(profile, "percentile", 99, []), net.Stream(4));
        foreach (var (w, n) in wide.Qdq.Zip(narrow.Qdq).Where(p => p.First.Kind == "activation"))
            n.Scales[0].Should().BeLessThan(w.Scales[0]);
        narrow.Qdq.Where(q => q.Kind == "weight").Should().BeEquivalentTo(wide.Qdq.Where(q => q.Kind == "weight"));
    }
}
