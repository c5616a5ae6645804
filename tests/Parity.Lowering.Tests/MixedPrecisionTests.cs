using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class MixedPrecisionTests
{
    private static Net Chain(int opset = 13) => new Net(opset, 1, 3, 8, 8).Conv("x", "a", 3, 6).Node("Relu", "a", "r").Conv("r", "b", 6, 6).Conv("b", "y", 6, 4, 1).Output("y");

    private static LoweringResult Lower(Net net, TargetProfile profile, string[]? int16 = null, string[]? half = null, string[]? keep = null) =>
        Lowerer.Lower(net.Model, new LoweringPlan(profile, Calibrators.MinMax, 0, [.. keep ?? []]) { Int16 = [.. int16 ?? []], Float16 = [.. half ?? []] }, net.Stream());

    private static TargetProfile Named(string name) => TargetProfiles.Named(name, "");

    /// <summary>TensorRT has no such option; it stands for targets whose pairs are at inputs.</summary>
    private static TargetProfile AtInputs() => Named("tensorrt") is var p ? p with { Quantization = p.Quantization! with { Int16 = Named("rk1808").Quantization!.Int16 } } : null!;

    private static (string, string)[] Precisions(LoweringResult result) => [.. result.Record!.Layers.Select(l => (l.Node, l.Precision))];

    [Fact]
    public void A_16_bit_layer_among_8_bit_ones_has_16_bit_codes_and_its_reader_quantizes_them_once_more()
    {
        var net = Chain();
        var result = Lower(net, Named("rk1808"), int16: ["Conv_b"]);
        result.Model.OpsetVersion.Should().Be(21);
        Precisions(result).Should().Equal(("Conv_a", "uint8"), ("Conv_b", "int16"), ("Conv_y", "uint8"));
        result.Map.Rows.Select(r => (r.Reference[^1], r.Precision)).Should().Equal(("r", "uint8"), ("b", "int16"), ("y", "uint8"));
        result.Qdq.Where(q => q.Type == ElementType.Int16).Select(q => (q.Tensor, q.Kind)).Should().BeEquivalentTo(new[] { ("b_w", "weight"), ("b", "activation") });
        var graph = result.Model.Graph;
        graph.ProducerOf("b")!.Input(0).Should().Be("r/dq", "8-bit codes are among the 16-bit ones");
        graph.ProducerOf(graph.ProducerOf("y/float")!.Input(0))!.Input(0).Should().Be("b/dq/q");
        graph.ProducerOf("b/dq/q")!.Input(0).Should().Be("b/dq");
        result.QuantizedMacShare.Should().Be(1);
        result.Record!.Layers.Select(l => l.Macs).Should().Equal(64 * 6 * 3 * 9, 64 * 6 * 6 * 9, 64 * 6 * 4);
        Nearer(net, result, Lower(net, Named("rk1808")));
    }

    [Fact]
    public void All_layers_in_16_bits_are_almost_the_float_model()
    {
        foreach (var profile in new[] { Named("rk1808"), AtInputs() })
        {
            var net = Chain();
            var result = Lower(net, profile, int16: ["*"]);
            Precisions(result).Select(p => p.Item2).Should().OnlyContain(p => p == "int16");
            var input = net.Input(0);
            Net.SqnrDb(Net.Run(net.Model, [input], []).Single()["y"], Net.Run(result.Model, [input], []).Single()["y"]).Should().BeGreaterThan(75);
        }
    }

    [Fact]
    public void Readers_of_one_tensor_in_two_widths_have_a_pair_each_where_inputs_are_quantized()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 4).Conv("x", "b", 3, 4).Node("Sub", "a b", "y").Output("y");
        var result = Lower(net, AtInputs(), int16: ["Conv_b"]);
        result.Qdq.Where(q => q.Tensor == "x").Select(q => (q.Type, q.Consumers[0])).Should().BeEquivalentTo(new[] { (ElementType.Int8, "Conv_a"), (ElementType.Int16, "Conv_b") });
        Nearer(net, result, Lower(net, AtInputs()));
    }

    [Fact]
    public void A_layer_in_half_among_quantized_ones_is_rounded_in_and_out()
    {
        var net = Chain();
        var result = Lower(net, Named("rk1808"), half: ["Conv_b"]);
        Precisions(result).Should().Equal(("Conv_a", "uint8"), ("Conv_b", "float16"), ("Conv_y", "uint8"));
        result.Map.Rows.Single(r => r.Reference[^1] == "b").Precision.Should().Be("float16");
        result.KeptFloat.Should().BeEmpty();
        var run = Net.Run(result.Model, [net.Input(3)], ["b", "r/rounded", "r/dq"]).Single();
        foreach (string tensor in new[] { "b", "r/rounded" })
            run[tensor].Span<float>().ToArray().Should().OnlyContain(v => (float)(Half)v == v);
        run["r/dq"].Span<float>().ToArray().Should().Contain(v => (float)(Half)v != v);
        result.Model.Graph.ConstantType("b_w/half").Should().Be(TensorType.Float16);
        Nearer(net, result, Lower(net, Named("rk1808")));
    }

    [Fact]
    public void Half_takes_the_activation_that_is_fused_along()
    {
        var result = Lower(Chain(), Named("tensorrt"), half: ["Conv_a"]);
        var run = Net.Run(result.Model, [Chain().Input(3)], ["a", "r"]).Single();
        foreach (string tensor in new[] { "a", "r" })
            run[tensor].Span<float>().ToArray().Should().OnlyContain(v => (float)(Half)v == v);
    }

    [Fact]
    public void Single_layers_of_a_float_target_may_be_half()
    {
        var net = Chain();
        var result = Lower(net, Named("tensorrt-fp32"), half: ["Conv_b"]);
        Precisions(result).Should().Equal(("Conv_a", "float32"), ("Conv_b", "float16"), ("Conv_y", "float32"));
        var run = Net.Run(result.Model, [net.Input(3)], ["a", "b"]).Single();
        run["b"].Span<float>().ToArray().Should().OnlyContain(v => (float)(Half)v == v);
        run["a"].Span<float>().ToArray().Should().Contain(v => (float)(Half)v != v);
    }

    [Fact]
    public void Contradictions_are_faults_all_at_once()
    {
        FluentActions.Invoking(() => Lower(Chain(), Named("tensorrt"), int16: ["Conv_a"], half: ["Conv_a", "nothing*"], keep: ["Conv_y"]))
            .Should().Throw<FaultException>().Which.Faults.Select(f => f.What).Should().BeEquivalentTo("no layer is named 'nothing*'", "tensorrt has no 16-bit integers");
        FluentActions.Invoking(() => Lower(Chain(), Named("rk1808"), int16: ["Conv_a"], half: ["Conv_?"]))
            .Should().Throw<FaultException>().Which.Faults.Single().What.Should().Be("layer Conv_a is asked for in two precisions");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(13)]
    public void Operators_changed_up_to_opset_21_compute_the_same_there(int opset)
    {
        var net = new Net(opset, 1, 4, 6, 6).Conv("x", "c", 4, 4).Node("ReduceMax", "c", "m", n => n.Set("axes", [2L]).Set("keepdims", 1L)).Node("ReduceMean", "m", "e", n => n.Set("axes", [3L]))
            .Node("Split", "c", "p q", n => n.Set("axis", 1L)).Node("Concat", "p q", "d", n => n.Set("axis", 1L)).Node("Mul", "d e", "y").Output("y");
        var upgraded = OpsetUpgrade.Apply(net.Model, 21);
        upgraded.OpsetVersion.Should().Be(21);
        Net.RelativeError(Net.Run(net.Model, [net.Input(1)], []).Single()["y"], Net.Run(upgraded, [net.Input(1)], []).Single()["y"]).Should().Be(0);
    }

    private static void Nearer(Net net, LoweringResult one, LoweringResult other)
    {
        var input = net.Input(0);
        var expected = Net.Run(net.Model, [input], []).Single()["y"];
        Net.SqnrDb(expected, Net.Run(one.Model, [input], []).Single()["y"]).Should().BeGreaterThan(Net.SqnrDb(expected, Net.Run(other.Model, [input], []).Single()["y"]));
    }
}
