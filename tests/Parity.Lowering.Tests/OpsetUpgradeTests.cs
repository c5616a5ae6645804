using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

/// <summary>The oracle is ONNX Runtime, which runs the old opset and the new one.</summary>
public class OpsetUpgradeTests
{
    private static void SameResults(Net net)
    {
        var upgraded = OpsetUpgrade.Apply(net.Model, 13);
        upgraded.OpsetVersion.Should().Be(13);
        foreach (int seed in new[] { 1, 2 })
        {
            var expected = Net.Run(net.Model, [net.Input(seed)], []).Single();
            var actual = Net.Run(upgraded, [net.Input(seed)], []).Single();
            foreach (string name in expected.Keys)
                actual[name].Span<float>().ToArray().Should().Equal(expected[name].Span<float>().ToArray());
        }
    }

    [Fact]
    public void Attributes_become_inputs() => SameResults(new Net(9, 1, 3, 6, 6)
        .Node("Clip", "x", "a", n => n.Set("min", -0.5f).Set("max", 0.75f))
        .Node("Clip", "a", "b", n => n.Set("max", 0.6f))
        .Node("Pad", "b", "c", n => n.Set("pads", [0L, 0, 1, 2, 0, 0, 3, 1]).Set("value", 0.25f))
        .Node("Slice", "c", "d", n => n.Set("starts", [1L, 0L]).Set("ends", [9L, -1L]).Set("axes", [2L, 3L]))
        .Node("Unsqueeze", "d", "e", n => n.Set("axes", [0L]))
        .Node("Squeeze", "e", "f", n => n.Set("axes", [0L]))
        .Node("Split", "f", "g h", n => n.Set("axis", 1L).Set("split", [1L, 2L]))
        .Node("ReduceSum", "h", "y", n => n.Set("axes", [2L]).Set("keepdims", 0L))
        .Output("g", "y"));

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-1)]
    public void Softmax_over_several_dimensions_keeps_its_meaning(int axis) =>
        SameResults(new Net(11, 2, 3, 4, 5).Node("Softmax", "x", "y", n => n.Set("axis", (long)axis)).Output("y"));

    [Fact]
    public void Softmax_by_default_flattens_from_the_second_dimension() =>
        SameResults(new Net(11, 2, 3, 4, 5).Node("Softmax", "x", "y").Output("y"));

    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    public void Upsample_becomes_resize(string mode) => SameResults(new Net(9, 1, 2, 3, 5).Constant("s", [1, 1, 2, 3], 4)
        .Node("Upsample", "x s", "y", n => n.Set("mode", mode)).Output("y"));

    [Theory]
    [InlineData("nearest")]
    [InlineData("linear")]
    public void Resize_of_opset_10_keeps_its_coordinates(string mode) => SameResults(new Net(10, 1, 2, 3, 5).Constant("s", [1, 1, 2.5f, 2], 4)
        .Node("Resize", "x s", "y", n => n.Set("mode", mode)).Output("y"));

    [Fact]
    public void A_model_new_enough_is_left_alone()
    {
        var net = new Net(17, 1, 2).Node("Relu", "x", "y").Output("y");
        OpsetUpgrade.Apply(net.Model, 13).Should().BeSameAs(net.Model);
    }

    [Fact]
    public void Opset_6_is_a_fault_that_says_what_to_do()
    {
        var net = new Net(6, 1, 2).Node("Relu", "x", "y").Output("y");
        FluentActions.Invoking(() => OpsetUpgrade.Apply(net.Model, 13)).Should().Throw<FaultException>()
            .Which.Faults.Single().Should().Be(new Fault("the model uses opset 6", "model", "Export the model with opset 13 or later."));
    }

    [Fact]
    public void Codes_of_16_bits_need_opset_21_whose_reductions_and_splits_have_another_form()
    {
        var net = new Net(13, 1, 4, 6, 6).Node("ReduceMean", "x", "a", n => n.Set("axes", [2L, 3L]).Set("keepdims", 1L)).Node("ReduceMax", "x", "b", n => n.Set("axes", [1L]))
            .Node("Split", "a", "c d", n => n.Set("axis", 1L)).Node("Mul", "b c", "y").Output("y", "d");
        net.Graph.SetInput(net.Graph.ProducerOf("y")!, 1, "e");
        net.Node("ReduceMean", "c", "e", n => n.Set("axes", [1L]).Set("keepdims", 1L));
        var upgraded = OpsetUpgrade.Apply(net.Model, OpsetUpgrade.OfInt16);
        upgraded.OpsetVersion.Should().Be(21);
        var expected = Net.Run(net.Model, [net.Input(1)], []).Single();
        var actual = Net.Run(upgraded, [net.Input(1)], []).Single();
        foreach (string name in new[] { "y", "d" })
            // Sums follow the alignment of memory, which differs from session to session.
            Net.RelativeError(expected[name], actual[name]).Should().BeLessThan(1e-6);
    }
}
