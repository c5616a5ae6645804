using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class CompilerRewriteTests
{
    private static readonly CompilerRules None = CompilerRules.AsWritten;

    private static Net Pool(Net net, string from, string to, int kernel, Action<Node>? set = null) => net.Node("MaxPool", from, to, n =>
    {
        n.Set("kernel_shape", [(long)kernel, kernel]).Set("pads", Enumerable.Repeat((long)kernel / 2, 4)).Set("strides", [1L, 1L]);
        set?.Invoke(n);
    });

    private static string[] Ops(LoweringResult result) => [.. result.Model.Graph.Nodes.Select(n => n.OpType)];

    [Theory]
    [InlineData(9, new[] { 5, 5 })]
    [InlineData(11, new[] { 5, 5, 3 })]
    [InlineData(13, new[] { 5, 5, 5 })]
    public void A_large_pool_is_exactly_a_chain_of_small_ones(int kernel, int[] chain)
    {
        // All values are below zero, so that padding by zero instead of minus infinity would show; the picture is smaller than the kernel.
        var net = Pool(new Net(13, 1, 2, 8, 15).Node("Softplus", "x", "s").Node("Neg", "s", "n"), "n", "y", kernel).Output("y");
        var result = net.Rewrite(None with { MaxPools = new PoolSplit(7, 5) });
        result.Model.Graph.Nodes.Where(n => n.Is("MaxPool")).Select(n => (int)n.Ints("kernel_shape")[0]).Should().Equal(chain);
        net.RewrittenError(result).Should().Be(0);
        var row = result.Map.Rows.Single(r => r.Reference[^1] == "y");
        row.Target.Should().HaveCount(chain.Length).And.EndWith("y");
        row.Should().Match<LayerMapRow>(r => r.Reason.StartsWith($"MaxPool {kernel} as {chain.Length} pools of 5") && r.CheckRelativeError == 0);
        result.Record!.Operators.Single().Should().Match<UnsupportedOperator>(o => o.Outcome == "split" && o.Node == "MaxPool_y");
    }

    [Fact]
    public void Pools_of_one_tensor_share_their_chains()
    {
        var net = new Net(13, 1, 2, 20, 20);
        foreach (int kernel in new[] { 13, 5, 9 })
            Pool(net, "x", $"p{kernel}", kernel);
        var result = net.Output("p5", "p9", "p13").Rewrite(None with { MaxPools = new PoolSplit(7, 5) });
        Ops(result).Should().Equal("MaxPool", "MaxPool", "MaxPool");
        net.RewrittenError(result).Should().Be(0);
        result.Map.Rows.Single(r => r.Reference[^1] == "p13").Target.Should().Equal("p5", "p9", "p13");
    }

    [Fact]
    public void Other_pools_are_not_split()
    {
        foreach (Action<Node> other in new Action<Node>[]
        {
            n => n.Set("strides", [2L, 2L]), n => n.Set("ceil_mode", 1L), n => n.Set("pads", [3L, 3, 3, 3]), n => n.Set("pads", [4L, 4, 4, 3]), n => n.RemoveAttribute("pads"),
            n => n.Set("dilations", [2L, 2L]).Set("pads", [8L, 8, 8, 8]), n => n.Set("kernel_shape", [9L, 7]).Set("pads", [4L, 3, 4, 3]), n => n.Set("kernel_shape", [8L, 8]),
        })
            Ops(Pool(new Net(13, 1, 2, 20, 20), "x", "y", 9, other).Output("y").Rewrite(None with { MaxPools = new PoolSplit(7, 5) })).Should().Equal("MaxPool");
        Ops(Pool(new Net(13, 1, 2, 20, 20), "x", "y", 7).Output("y").Rewrite(None with { MaxPools = new PoolSplit(7, 5) })).Should().Equal("MaxPool");
        var indices = new Net(13, 1, 2, 20, 20).Node("MaxPool", "x", "y i", n => n.Set("kernel_shape", [9L, 9]).Set("pads", [4L, 4, 4, 4])).Node("Cast", "i", "z", n => n.Set("to", 1L)).Output("y", "z");
        Ops(indices.Rewrite(None with { MaxPools = new PoolSplit(7, 5) })).Should().Equal("MaxPool", "Cast");
    }

    [Theory]
    [InlineData(BatchNormForm.MulAdd, new[] { "Relu", "Mul", "Add" })]
    [InlineData(BatchNormForm.DepthwiseConvolution, new[] { "Relu", "Conv" })]
    [InlineData(BatchNormForm.Kept, new[] { "Relu", "BatchNormalization" })]
    public void A_batch_norm_that_follows_no_convolution_has_the_form_that_the_target_wants(BatchNormForm form, string[] operators)
    {
        var net = new Net(13, 1, 3, 5, 5).Node("Relu", "x", "r").BatchNorm("r", "y", 3).Output("y");
        var result = net.Rewrite(None with { BatchNorm = form });
        Ops(result).Should().Equal(operators);
        net.RewrittenError(result).Should().BeLessThan(1e-6);
    }

    [Fact]
    public void A_training_batch_norm_stays()
    {
        var net = new Net(14, 1, 3, 5, 5).BatchNorm("x", "y", 3).Output("y");
        net.Graph.Nodes.Single().Set("training_mode", 1L);
        Ops(Lowered(net.Model, None with { BatchNorm = BatchNormForm.MulAdd })).Should().Equal("BatchNormalization");
    }

    [Fact]
    public void Hard_swish_written_out_is_one_operator_in_any_of_its_forms()
    {
        Net Start() => new Net(13, 1, 3, 5, 5).Constant("three", [3f]).Constant("zero", [0f]).Constant("six", [6f]).Constant("sixth", [1 / 6f]).Node("Relu", "x", "r").Node("Neg", "r", "n").Node("Add", "x n", "a");
        foreach (var net in new[]
        {
            Start().Node("Add", "a three", "s").Node("Clip", "s zero six", "c").Node("Mul", "a c", "m").Node("Div", "m six", "y"),
            Start().Node("Add", "three a", "s").Node("Clip", "s zero six", "c").Node("Div", "c six", "d").Node("Mul", "d a", "y"),
            Start().Node("Add", "a three", "s").Node("Clip", "s zero six", "c").Node("Mul", "sixth c", "d").Node("Mul", "a d", "y"),
            Start().Node("HardSigmoid", "a", "d", n => n.Set("alpha", 1 / 6f).Set("beta", 0.5f)).Node("Mul", "a d", "y"),
        })
        {
            var result = net.Output("y").Rewrite(None with { HardSwishAsOne = true });
            Ops(result).Should().Equal("Relu", "Neg", "Add", "HardSwish");
            result.Model.OpsetVersion.Should().Be(14);
            net.RewrittenError(result).Should().BeLessThan(1e-6);
        }
        foreach (var net in new[]
        {
            Start().Node("Add", "a three", "s").Node("Clip", "s zero six", "c").Node("Mul", "a c", "y"),
            Start().Node("Add", "a three", "s").Node("Clip", "s zero six", "c").Node("Mul", "x c", "m").Node("Div", "m six", "y"),
            Start().Node("Add", "a three", "s").Node("Clip", "s zero six", "c").Node("Mul", "a c", "m").Node("Div", "m six", "y").Node("Relu", "c", "z").Output("z"),
            Start().Node("HardSigmoid", "a", "d").Node("Mul", "a d", "y"),
        })
            Ops(net.Output("y").Rewrite(None with { HardSwishAsOne = true })).Should().NotContain("HardSwish");
    }

    [Fact]
    public void Normalisation_goes_into_the_first_convolution_when_nothing_is_padded()
    {
        var net = Normalised([0.4f, 0.5f, 0.6f]).Conv("d", "y", 3, 4, kernel: 1).Output("y");
        var result = net.Rewrite(None with { InputNormalization = true });
        Ops(result).Should().Equal("Conv");
        net.RewrittenError(result).Should().BeLessThan(1e-5);
        result.Map.Rows.Single().Reference.Should().Equal("p", "s", "d", "y");

        var grouped = Normalised([0.4f, 0.5f, 0.6f]).Random("filters", 1, 6, 1, 2, 2).Node("Conv", "d filters", "y", n => n.Set("group", 3L)).Output("y");
        grouped.RewrittenError(grouped.Rewrite(None with { InputNormalization = true })).Should().BeLessThan(1e-5);
    }

    [Fact]
    public void Normalisation_in_front_of_padding_is_folded_only_with_one_padding_value_for_all_channels()
    {
        var alike = Normalised([0.5f, 0.5f, 0.5f]).Conv("d", "y", 3, 4).Output("y");
        var result = alike.Rewrite(None with { InputNormalization = true });
        Ops(result).Should().Equal("Pad", "Conv");
        alike.RewrittenError(result).Should().BeLessThan(1e-5);
        result.Model.Graph.Initializer("y/pad_value")!.Span<float>()[0].Should().BeApproximately(127.5f, 1e-4f);

        var differing = Normalised([0.4f, 0.5f, 0.6f]).Conv("d", "y", 3, 4).Output("y");
        result = differing.Rewrite(None with { InputNormalization = true });
        Ops(result).Should().Equal("Mul", "Sub", "Div", "Conv");
        result.Notes.Should().ContainMatch("*Conv_y pads, and no one value*");

        var scaled = new Net(13, 1, 3, 6, 6).Constant("k", [1 / 255f]).Node("Mul", "x k", "d").Conv("d", "y", 3, 4).Output("y");
        result = scaled.Rewrite(None with { InputNormalization = true });
        Ops(result).Should().Equal("Conv");
        scaled.RewrittenError(result).Should().BeLessThan(1e-5);
    }

    [Fact]
    public void Normalisation_that_others_read_stays()
    {
        Ops(Normalised([0.5f, 0.5f, 0.5f]).Conv("d", "y", 3, 4).Node("Relu", "d", "z").Output("y", "z").Rewrite(None with { InputNormalization = true }))
            .Should().Equal("Mul", "Sub", "Div", "Conv", "Relu");
    }

    [Fact]
    public void Normalisation_in_front_of_a_focus_goes_into_its_convolution()
    {
        var net = Normalised([0.5f, 0.5f, 0.5f]).Node("SpaceToDepth", "d", "f", n => n.Set("blocksize", 2L)).Conv("f", "y", 12, 4).Output("y");
        var result = net.Rewrite(None with { InputNormalization = true, FocusAsConvolution = true });
        Ops(result).Should().Equal("Pad", "Conv");
        net.RewrittenError(result).Should().BeLessThan(1e-5);
    }

    [Fact]
    public void Operators_beyond_a_limit_run_on_the_host_and_refused_ones_are_faults_all_at_once()
    {
        var profile = TargetProfiles.Named("rk1808", "");
        var net = Pool(new Net(13, 1, 3, 9, 9).Conv("x", "c", 3, 4), "c", "p", 9, n => n.Set("strides", [2L, 2L])).Conv("p", "y", 4, 4).Output("y");
        var hosted = Lowered(net.Model, profile.Compiler with { Limits = [new(["MaxPool"], LimitedProperty.Kernel, 1, 7, BeyondLimit.Host, "a list")] }, profile);
        hosted.Record!.Operators.Should().Equal(new UnsupportedOperator("MaxPool_p", "MaxPool", "host", "kernel 9, limits 1 to 7 (a list)"));
        hosted.Model.Graph.ProducerOf("p")!.Input(0).Should().Be("c/dq");
        hosted.KeptFloat.Should().BeEmpty("the plan kept nothing");
        var limits = new OperatorLimit[] { new(["Conv"], LimitedProperty.Kernel, 5, 9, BeyondLimit.Refused, "a list"), new(["MaxPool"], LimitedProperty.Stride, 1, 1, BeyondLimit.Refused, "a list") };
        FluentActions.Invoking(() => Lowered(net.Model, profile.Compiler with { Limits = [.. limits] }, profile)).Should().Throw<FaultException>()
            .Which.Faults.Select(f => f.Where).Should().Equal("node Conv_c", "node MaxPool_p", "node Conv_y");
    }

    [Fact]
    public void TensorRt_refuses_TopK_beyond_its_limit()
    {
        Net Top(long k) => new Net(13, 1, 4000).Constant("k", k).Node("TopK", "x k", "y i").Output("y");
        FluentActions.Invoking(() => Top(3841).Lower("tensorrt-fp32")).Should().Throw<FaultException>().Which.Faults.Single().What.Should().Contain("K 3841, limits 1 to 3840");
        Top(3840).Lower("tensorrt-fp32").Record!.Operators.Should().BeEmpty();
    }

    /// <summary>d = (x / 255 - mean) / 0.25 of an input of pixels.</summary>
    private static Net Normalised(float[] mean) => new Net(13, 1, 3, 6, 6).Constant("k", [1 / 255f]).Constant("mean", mean, 3, 1, 1).Constant("std", [0.25f])
        .Node("Mul", "x k", "p").Node("Sub", "p mean", "s").Node("Div", "s std", "d");

    private static LoweringResult Lowered(OnnxModel model, CompilerRules rules, TargetProfile? profile = null)
    {
        var input = model.Graph.Inputs.Single();
        var value = Tensor.Create(Net.Values(3, 1, [.. input.Shape!.Value]), [.. input.Shape!.Value]);
        profile ??= TargetProfiles.Named("tensorrt-fp32", "");
        return Lowerer.Lower(model, new LoweringPlan(profile with { Compiler = rules }, Calibrators.MinMax, 0, []), profile.Quantization is null ? (_, _) => [] : Net.Activations([value]));
    }
}
