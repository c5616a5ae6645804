using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public sealed class ShadowGraphTests
{
    private static Net Chain() => new Net(13, 1, 3, 8, 8)
        .Conv("x", "a", 3, 8).Node("Relu", "a", "ar")
        .Conv("ar", "b", 8, 8).Node("Relu", "b", "br")
        .Conv("br", "c", 8, 8).Node("Add", "c ar", "sum").Conv("sum", "y", 8, 4, 1).Output("y");

    [Theory]
    [InlineData("tensorrt")]
    [InlineData("rk1808")]
    // Quantizers made of operators, before a pair and in place of one, and results in half.
    [InlineData("rk3588")]
    [InlineData("t40")]
    [InlineData("hi3559")]
    [InlineData("mlu220")]
    public void Every_layer_is_what_its_own_small_model_makes_of_the_references_tensors(string target)
    {
        Net net = Chain();
        LoweringResult lowered = net.Lower(target);
        ShadowModel shadow = ShadowGraph.Of(net.Model, lowered, weightsDiffer: true)!;
        shadow.Layers.Should().NotBeEmpty();
        Tensor x = net.Input(7);

        var measured = Net.Run(shadow.Model, [x], [.. shadow.Layers.Select(l => l.Isolated)], optimize: false).Single();
        var reference = Net.Run(net.Model, [x], [.. shadow.Layers.Select(l => l.Reference)], optimize: false).Single();

        foreach (ShadowLayer layer in shadow.Layers)
            Values(measured[layer.Isolated]).Should().Equal(Values(Alone(lowered.Model, layer, reference, x)), layer.Target);
    }

    [Fact]
    public void The_first_layer_is_the_same_isolated_and_accumulated_and_a_later_one_is_not()
    {
        Net net = Chain();
        LoweringResult lowered = net.Lower("rk1808");
        ShadowModel shadow = ShadowGraph.Of(net.Model, lowered, weightsDiffer: true)!;
        Tensor x = net.Input(7);

        var isolated = Net.Run(shadow.Model, [x], [.. shadow.Layers.Select(l => l.Isolated)], optimize: false).Single();
        var accumulated = Net.Run(lowered.Model, [x], [.. shadow.Layers.Select(l => l.Target)], optimize: false).Single();

        Values(isolated["isolated/ar"]).Should().Equal(Values(accumulated["ar"]));
        Values(isolated["isolated/y"]).Should().NotEqual(Values(accumulated["y"]));
        shadow.Layers.Single(l => l.Target == "sum").Inputs.Should().BeEquivalentTo("c", "ar");
        shadow.Layers.Single(l => l.Target == "ar").Inputs.Should().Equal("x");
    }

    [Fact]
    public void Constants_are_quantized_alone_where_a_layer_has_some()
    {
        Net net = Chain();
        LoweringResult lowered = net.Lower("rk1808");
        ShadowModel shadow = ShadowGraph.Of(net.Model, lowered, weightsDiffer: true)!;
        ShadowLayer last = shadow.Layers.Single(l => l.Target == "y");
        Tensor x = net.Input(7);

        shadow.Layers.Single(l => l.Target == "sum").WeightsOnly.Should().BeNull();
        Tensor alone = Net.Run(shadow.Model, [x], [last.WeightsOnly!], optimize: false).Single()[last.WeightsOnly!];
        Tensor fed = Net.Run(net.Model, [x], ["sum"], optimize: false).Single()["sum"];
        OnnxModel twin = FloatTwin.Of(lowered.Model);
        var small = new Net(13, [.. fed.Shape]);
        Node conv = twin.Graph.ProducerOf("y")!;
        foreach (string constant in conv.Inputs.Skip(1))
            small.Graph.SetInitializer(constant, twin.Graph.Constant(constant)!);
        small.Graph.Add(conv.CopyWith(["x", .. conv.Inputs.Skip(1)], ["y"], "conv"));
        small.Output("y");
        Values(alone).Should().Equal(Values(Net.Run(small.Model, [fed], [], optimize: false).Single()["y"]));
    }

    [Fact]
    public void A_planted_bad_layer_ranks_first_in_isolated_error_although_later_layers_have_a_worse_accumulated_one()
    {
        // Behind the bad layer most of the signal is taken away, so that what is wrong weighs more.
        Net net = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 8).Node("Relu", "a", "ar").Conv("ar", "b", 8, 8).Node("Relu", "b", "br")
            .Node("Sub", "br less", "rest").Conv("rest", "y", 8, 4, 1).Output("y");
        Tensor x = net.Input(7);
        var plain = new Net(13, 1, 3, 8, 8).Conv("x", "a", 3, 8).Node("Relu", "a", "ar").Conv("ar", "b", 8, 8).Node("Relu", "b", "br").Output("br");
        float mean = Net.Run(plain.Model, [x], ["br"]).Single()["br"].Span<float>().ToArray().Average();
        net.Constant("less", [mean], 1);
        LoweringResult lowered = net.Lower("rk1808");
        Graph graph = lowered.Model.Graph;
        byte[] codes = graph.Initializer("b_w/codes")!.Span<byte>().ToArray();
        graph.SetInitializer("b_w/codes", Tensor.Create(Array.ConvertAll(codes, c => (byte)(c & 0xE0)), [.. graph.Initializer("b_w/codes")!.Shape]));

        ShadowModel shadow = ShadowGraph.Of(net.Model, lowered, weightsDiffer: true)!;
        var reference = Net.Run(net.Model, [x], [.. shadow.Layers.Select(l => l.Reference)]).Single();
        var isolated = Net.Run(shadow.Model, [x], [.. shadow.Layers.SelectMany(l => new[] { l.Isolated, l.WeightsOnly }).OfType<string>()]).Single();
        var accumulated = Net.Run(lowered.Model, [x], [.. shadow.Layers.Select(l => l.Target)]).Single();

        shadow.Layers.MaxBy(l => Nmse(reference[l.Reference], isolated[l.Isolated]))!.Target.Should().Be("br");
        shadow.Layers.MaxBy(l => Nmse(reference[l.Reference], accumulated[l.Target]))!.Target.Should().BeOneOf("rest", "y");
        // What is wrong is in the weights.
        ShadowLayer bad = shadow.Layers.Single(l => l.Target == "br");
        Nmse(reference["br"], isolated[bad.WeightsOnly!]).Should().BeGreaterThan(10 * Nmse(isolated[bad.WeightsOnly!], isolated[bad.Isolated]));
    }

    private static double Nmse(Tensor reference, Tensor target) =>
        Values(reference).Zip(Values(target)).Sum(p => Math.Pow(p.First - (double)p.Second, 2)) / Values(reference).Sum(v => (double)v * v);

    [Fact]
    public void A_target_that_quantizes_nothing_has_no_shadow() =>
        ShadowGraph.Of(Chain().Model, Chain().Lower("tensorrt-fp32"), weightsDiffer: true).Should().BeNull();

    /// <summary>The lowered model run from the layer's inputs on: each is overwritten by feeding the reference's values where the lowered model reads it.</summary>
    private static Tensor Alone(OnnxModel lowered, ShadowLayer layer, IReadOnlyDictionary<string, Tensor> reference, Tensor x)
    {
        OnnxModel cut = lowered.Clone();
        foreach (string input in layer.Inputs.Where(i => i != "x"))
        {
            // An output that is quantized keeps its name behind the pair; nothing here reads one.
            Node producer = cut.Graph.ProducerOf(input)!;
            cut.Graph.Remove(producer);
            cut.Graph.SetInitializer(input, reference[input]);
        }
        foreach (TensorInfo output in cut.Graph.Outputs)
            cut.Graph.RemoveOutput(output.Name);
        cut.Graph.AddOutput(layer.Target, TensorType.Float32);
        cut.Graph.Prune();
        return Net.Run(cut, [x], [], optimize: false).Single()[layer.Target];
    }

    private static float[] Values(Tensor tensor) => tensor.ToFloat32().Span<float>().ToArray();
}
