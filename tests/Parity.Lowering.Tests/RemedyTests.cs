using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class RemedyTests
{
    private static float[] Outputs(OnnxModel model, Tensor input, string output) => Net.Run(model, [input], []).Single()[output].Span<float>().ToArray();

    [Fact]
    public void Equalisation_keeps_the_function_through_batch_norm_relu_and_depthwise_and_levels_the_channels()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "a0", 3, 6).BatchNorm("a0", "a", 6).Node("Relu", "a", "r").Conv("r", "d", 6, 6, group: 6).Node("LeakyRelu", "d", "l").Conv("l", "y", 6, 4, 1).Output("y");
        var (equal, pairs) = CrossLayerEqualization.Apply(net.Model);
        pairs.Should().Be(2);
        float[] before = Outputs(net.Model, net.Input(0), "y"), after = Outputs(equal, net.Input(0), "y");
        after.Zip(before, (a, b) => Math.Abs(a - b)).Max().Should().BeLessThan(1e-5f * before.Max(Math.Abs));
        double[] Largest(string weights, Func<int, int> channel) => [.. equal.Graph.Constant(weights)!.Span<float>().ToArray().Select((v, i) => (Math.Abs((double)v), Channel: channel(i))).GroupBy(v => v.Channel).OrderBy(g => g.Key).Select(g => g.Max(v => v.Item1))];
        double[] depthwise = Largest(equal.Graph.NodeNamed("Conv_d")!.Input(1), i => i / 9), behind = Largest(equal.Graph.NodeNamed("Conv_y")!.Input(1), i => i % 6);
        depthwise.Zip(behind, (a, b) => a / b).Should().OnlyContain(r => Math.Abs(r - 1) < 0.05);
    }

    [Fact]
    public void A_branch_or_an_activation_that_scales_otherwise_is_not_equalised_over()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 6).Node("Sigmoid", "a", "s").Conv("s", "y", 6, 4, 1).Output("y");
        CrossLayerEqualization.Apply(net.Model).Should().Be((net.Model, 0));
        net = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 6).Conv("a", "b", 6, 4, 1).Node("Relu", "a", "c").Output("b", "c");
        CrossLayerEqualization.Apply(net.Model).Pairs.Should().Be(0);
    }

    [Fact]
    public void A_convolution_that_is_cut_along_its_channels_becomes_one_for_each_part()
    {
        var net = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 7).Constant("starts", 0).Constant("ends", 4).Constant("from", -3).Constant("to", 99).Constant("axis", 1)
            .Node("Slice", "a starts ends axis", "boxes").Node("Slice", "a from to axis", "scores").Output("boxes", "scores");
        var (split, count) = OutputSplitting.Apply(net.Model);
        count.Should().Be(1);
        split.Graph.Nodes.Select(n => n.OpType).Should().Equal("Conv", "Conv");
        foreach (string output in new[] { "boxes", "scores" })
            Outputs(split, net.Input(0), output).Should().Equal(Outputs(net.Model, net.Input(0), output));
        var read = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 7).Constant("starts", 0).Constant("ends", 4).Constant("axis", 1).Node("Slice", "a starts ends axis", "boxes").Node("Relu", "a", "all").Output("boxes", "all");
        OutputSplitting.Apply(read.Model).Convolutions.Should().Be(0);
    }

    [Fact]
    public void Corrected_biases_take_the_mean_error_out_of_a_pointwise_convolution()
    {
        foreach (string target in new[] { "tensorrt", "rk1808" })
        {
            var net = new Net(13, 1, 3, 8, 8).Conv("x", "y", 3, 4, 1).Output("y");
            var lowered = net.Lower(target);
            var (corrected, count) = BiasCorrection.Apply(lowered, net.Stream());
            count.Should().Be(1);
            double MeanError(OnnxModel model) => Enumerable.Range(0, 4).Max(c => Math.Abs(new[] { 0, 1 }.Average(i =>
                Outputs(FloatTwin.Of(model), net.Input(i), "y").Zip(Outputs(net.Model, net.Input(i), "y"), (q, r) => q - (double)r).Skip(c * 64).Take(64).Average())));
            MeanError(corrected).Should().BeLessThan(MeanError(lowered.Model) / 4, target);
        }
    }
}
