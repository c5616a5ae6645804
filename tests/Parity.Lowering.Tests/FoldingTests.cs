using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class FoldingTests
{
    private static void FoldedEqualsUnfolded(Net net, params string[] gone)
    {
        var result = net.Lower("tensorrt-fp32");
        result.Model.Graph.Nodes.Should().NotContain(n => n.OpType == "BatchNormalization");
        var input = net.Input(77);
        var before = Net.Run(net.Model, [input], []).Single()["y"];
        var after = Net.Run(result.Model, [input], []).Single()["y"];
        Net.RelativeError(before, after).Should().BeLessThan(1e-5);
        result.Map.Unmatched.Should().Equal(gone.Select(g => new UnmatchedTensor(g, "BN folded")));
        result.Map.Rows.Should().OnlyContain(r => r.CheckRelativeError < 1e-5);
    }

    [Fact]
    public void Batch_norm_folds_into_a_convolution_with_and_without_bias()
    {
        FoldedEqualsUnfolded(new Net(13, 1, 3, 9, 9).Conv("x", "c", 3, 8).BatchNorm("c", "b", 8).Node("Relu", "b", "r")
            .Conv("r", "d", 8, 4, bias: false).BatchNorm("d", "y", 4).Output("y"), "c", "d");
    }

    [Fact]
    public void Batch_norm_folds_into_a_depthwise_convolution()
    {
        FoldedEqualsUnfolded(new Net(13, 1, 6, 9, 9).Conv("x", "c", 6, 6, group: 6).BatchNorm("c", "y", 6).Output("y"), "c");
    }

    [Fact]
    public void Batch_norm_folds_into_a_grouped_transposed_convolution()
    {
        var net = new Net(13, 1, 4, 5, 5).Random("w", 0.4, 4, 3, 2, 2).Random("b", 0.4, 6)
            .Node("ConvTranspose", "x w b", "c", n => n.Set("strides", [2L, 2L]).Set("group", 2L)).BatchNorm("c", "y", 6).Output("y");
        FoldedEqualsUnfolded(net, "c");
    }

    [Theory]
    [InlineData(1L, 1f, 1f)]
    [InlineData(0L, 0.5f, 2f)]
    public void Batch_norm_folds_into_a_gemm_with_its_alpha_and_beta(long transB, float alpha, float beta)
    {
        var net = new Net(13, 2, 7).Random("w", 0.4, transB == 1 ? [5, 7] : [7, 5]).Random("b", 0.4, 5)
            .Node("Gemm", "x w b", "c", n => n.Set("transB", transB).Set("alpha", alpha).Set("beta", beta)).BatchNorm("c", "y", 5).Output("y");
        FoldedEqualsUnfolded(net, "c");
    }

    [Fact]
    public void Folding_is_the_formula_in_double_rounded_once()
    {
        var net = new Net(13, 1, 1, 1, 1).Constant("w", [0.3f], 1, 1, 1, 1).Constant("bias", [0.7f], 1).Node("Conv", "x w bias", "c")
            .Constant("g", [1.1f], 1).Constant("be", [-0.2f], 1).Constant("m", [0.5f], 1).Constant("v", [0.9f], 1)
            .Node("BatchNormalization", "c g be m v", "y", n => n.Set("epsilon", 1e-3f)).Output("y");
        var graph = net.Lower("tensorrt-fp32").Model.Graph;
        double factor = 1.1f / Math.Sqrt(0.9f + (double)1e-3f);
        graph.Initializer("w")!.Span<float>()[0].Should().Be((float)(0.3f * factor));
        graph.Initializer("bias")!.Span<float>()[0].Should().Be((float)((0.7f - (double)0.5f) * factor + -0.2f));
        graph.Initializers.Should().Equal("w", "bias");
    }

    [Fact]
    public void Batch_norm_stays_when_another_operator_reads_the_convolution()
    {
        var net = new Net(13, 1, 3, 5, 5).Conv("x", "c", 3, 3).BatchNorm("c", "b", 3).Node("Add", "b c", "y").Output("y");
        var result = net.Lower("tensorrt-fp32");
        result.Model.Graph.Nodes.Select(n => n.OpType).Should().Equal("Conv", "BatchNormalization", "Add");
        result.Map.Unmatched.Should().BeEmpty();
    }

    [Fact]
    public void A_rewritten_model_that_computes_something_else_is_a_fault_that_names_the_tensor()
    {
        var net = new Net(13, 1, 3, 5, 5).Conv("x", "c", 3, 3).BatchNorm("c", "b", 3).Node("Relu", "b", "y").Output("y");
        ActivationStream lying = (model, taps) => Net.Run(model, [net.Input(0)], taps).Select(run => model == net.Model ? run
            : run.ToDictionary(r => r.Key, r => r.Key == "b" ? Tensor.Create(Array.ConvertAll(r.Value.Span<float>().ToArray(), v => v * 1.01f), r.Value.Shape.AsSpan()) : r.Value));
        FluentActions.Invoking(() => Lowerer.Lower(net.Model, new LoweringPlan(TargetProfiles.Named("tensorrt", ""), "min-max", 0, []), lying))
            .Should().Throw<FaultException>().Which.Faults.Single().Should().Match<Fault>(f => f.Where == "tensor b" && f.What.Contains("changed it by 0.01"));
    }

    [Fact]
    public void Weights_that_the_graph_slices_and_joins_become_constants_and_are_quantized()
    {
        var net = new Net(13, 1, 3, 5, 5).Random("v", 0.4, 3, 3, 1, 1).Node("Neg", "v", "n").Node("Concat", "v n", "w", n => n.Set("axis", 0L))
            .Node("Conv", "x w", "y").Output("y");
        foreach (string target in new[] { "tensorrt", "rk1808" })
        {
            var result = net.Lower(target);
            result.Model.Graph.Nodes.Should().NotContain(n => n.OpType == "Concat" || n.OpType == "Neg");
            result.QuantizedMacShare.Should().Be(1);
            result.Map.Unmatched.Should().Equal(new UnmatchedTensor("n", "constant"), new UnmatchedTensor("w", "constant"));
            Net.SqnrDb(Net.Run(net.Model, [net.Input(0)], []).Single()["y"], Net.Run(result.Model, [net.Input(0)], []).Single()["y"]).Should().BeGreaterThan(30);
        }
    }

    [Fact]
    public void The_layer_map_survives_json()
    {
        var map = new Net(13, 1, 3, 5, 5).Conv("x", "c", 3, 3).BatchNorm("c", "b", 3).Node("Relu", "b", "r").Conv("r", "y", 3, 3).Output("y").Lower("rk1808").Map;
        var read = System.Text.Json.JsonSerializer.Deserialize<LayerMap>(System.Text.Json.JsonSerializer.Serialize(map));
        read.Should().BeEquivalentTo(map);
    }

    [Fact]
    public void Weights_that_two_convolutions_share_are_folded_for_one_alone()
    {
        var net = new Net(13, 1, 3, 5, 5).Random("w", 0.4, 3, 3, 1, 1).Node("Conv", "x w", "c").BatchNorm("c", "b", 3)
            .Node("Conv", "x w", "d").Node("Add", "b d", "y").Output("y");
        FoldedEqualsUnfolded(net, "c");
    }

    [Fact]
    public void Identity_and_dropout_go_and_their_tensors_map_to_their_source()
    {
        var net = new Net(13, 1, 3, 5, 5).Conv("x", "c", 3, 3).Node("Identity", "c", "i").Node("Dropout", "i", "d").Node("Relu", "d", "r")
            .Node("Identity", "r", "y").Output("y");
        var result = net.Lower("tensorrt-fp32");
        result.Model.Graph.Nodes.Select(n => n.OpType).Should().Equal("Conv", "Relu", "Identity");
        result.Map.Rows.Select(r => (r.Reference[0], r.Target[0], r.Reason)).Should()
            .Equal(("c", "c", "kept"), ("i", "c", "identity removed"), ("d", "c", "identity removed"), ("r", "r", "kept"), ("y", "y", "kept"));
    }

    [Fact]
    public void Batch_norm_behind_an_identity_still_folds()
    {
        FoldedEqualsUnfolded(new Net(13, 1, 3, 5, 5).Conv("x", "c", 3, 3).Node("Identity", "c", "i").BatchNorm("i", "y", 3).Output("y"), "c", "i");
    }
}
