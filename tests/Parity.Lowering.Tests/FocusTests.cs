using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering.Tests;

public class FocusTests
{
    private static readonly CompilerRules Rules = CompilerRules.AsWritten with { FocusAsConvolution = true };

    private static readonly (int Y, int X)[] Yolo = [(0, 0), (1, 0), (0, 1), (1, 1)];

    private static Net Image(int channels = 3, int height = 12, int width = 16, int opset = 13) => new Net(opset, 1, channels, height, width)
        .Constant("zero", 0L).Constant("one", 1L).Constant("two", 2L).Constant("end", long.MaxValue).Constant("h", 2L).Constant("w", 3L).Constant("back_h", -2L).Constant("back_w", -1L)
        .Constant("hw", 2, 3).Constant("ends", int.MaxValue, int.MaxValue).Constant("steps", 2, 2);

    private static string Start(int offset) => offset == 0 ? "zero" : "one";

    /// <summary>The four slices joined in <paramref name="order"/> to f.</summary>
    private static Net Focus(Net net, string form, (int Y, int X)[] order)
    {
        var parts = new List<string>();
        foreach (var (y, x) in order)
        {
            string part = $"p{parts.Count}";
            _ = form switch
            {
                "rows first" => net.Node("Slice", $"x {Start(y)} end h two", $"{part}s").Node("Slice", $"{part}s {Start(x)} end w two", part),
                "columns first, axes from behind" => net.Node("Slice", $"x {Start(x)} end back_w two", $"{part}s").Node("Slice", $"{part}s {Start(y)} end back_h two", part),
                _ => net.Constant($"{part}_at", y, x).Node("Slice", $"x {part}_at ends hw steps", part),
            };
            parts.Add(part);
        }
        return net.Node("Concat", string.Join(' ', parts), "f", n => n.Set("axis", 1L));
    }

    private static void BecomesOneConv(Net net, int kernel)
    {
        var result = net.Rewrite(Rules);
        result.Model.Graph.Nodes.Select(n => n.OpType).Should().Equal("Conv");
        result.Model.Graph.Nodes[0].Ints("kernel_shape").Should().Equal(2 * kernel, 2 * kernel);
        net.RewrittenError(result).Should().BeLessThan(1e-5);
        result.Record!.Rewrites.Should().ContainSingle().Which.Should().Match<RewriteRecord>(r => r.Reason == $"Focus as {2 * kernel} x {2 * kernel} Conv" && r.Layers == 1 && r.CheckRelativeError < 1e-5);
    }

    private static void Stays(Net net)
    {
        var result = net.Rewrite(Rules);
        result.Model.Graph.Nodes.Select(n => n.OpType).Should().Equal(net.Graph.Nodes.Select(n => n.OpType));
        result.Record!.Rewrites.Should().BeEmpty();
    }

    [Theory]
    [InlineData("rows first")]
    [InlineData("columns first, axes from behind")]
    [InlineData("both axes in one")]
    public void Four_slices_and_a_convolution_are_one_convolution_of_twice_the_kernel(string form)
    {
        BecomesOneConv(Focus(Image(), form, Yolo).Conv("f", "y", 12, 5).Output("y"), 3);
        BecomesOneConv(Focus(Image(), form, [(1, 1), (0, 1), (1, 0), (0, 0)]).Conv("f", "y", 12, 5).Output("y"), 3);
    }

    [Fact]
    public void Space_to_depth_and_a_transpose_of_blocks_are_recognised_too()
    {
        BecomesOneConv(Image().Node("SpaceToDepth", "x", "f", n => n.Set("blocksize", 2L)).Conv("f", "y", 12, 5).Output("y"), 3);
        foreach (long[] order in new long[][] { [0, 1, 3, 5, 2, 4], [0, 3, 5, 1, 2, 4], [0, 5, 3, 1, 2, 4] })
            BecomesOneConv(Image().Constant("split", 1, 3, 6, 2, 8, 2).Constant("join", 1, 12, 6, 8).Node("Reshape", "x split", "s")
                .Node("Transpose", "s", "t", n => n.Set("perm", order)).Node("Reshape", "t join", "f").Conv("f", "y", 12, 5).Output("y"), 3);
    }

    [Fact]
    public void The_weights_of_a_block_stand_where_its_pixels_do()
    {
        var net = Focus(Image(channels: 1), "rows first", Yolo).Constant("k", [1, 2, 3, 4], 1, 4, 1, 1).Node("Conv", "f k", "y").Output("y");
        var conv = net.Rewrite(Rules).Model.Graph.Nodes.Single();
        conv.Ints("strides").Should().Equal(2, 2);
        // YOLO joins top left, bottom left, top right, bottom right.
        var weights = net.Rewrite(Rules).Model.Graph.Initializer("k")!;
        weights.Shape.Should().Equal(1, 1, 2, 2);
        weights.Span<float>().ToArray().Should().Equal(1, 3, 2, 4);
    }

    [Fact]
    public void Any_kernel_stride_padding_and_order_of_blocks_computes_the_same()
    {
        var random = new Random(5);
        for (int trial = 0; trial < 25; trial++)
        {
            int kernel = random.Next(1, 5), channels = random.Next(1, 4), filters = random.Next(1, 4);
            long[] strides = [random.Next(1, 3), random.Next(1, 3)], pads = [.. Enumerable.Range(0, 4).Select(_ => (long)random.Next(0, 3))];
            var order = Yolo.OrderBy(_ => random.Next()).ToArray();
            var net = Focus(Image(channels, 2 * random.Next(4, 8), 2 * random.Next(4, 8)), "both axes in one", order)
                .Random("k", 0.5, filters, 4 * channels, kernel, kernel).Random("b", 1, filters)
                .Node("Conv", "f k b", "y", n => n.Set("strides", strides).Set("pads", pads)).Output("y");
            BecomesOneConv(net, kernel);
        }
    }

    [Fact]
    public void The_layer_map_leads_from_slices_and_convolution_to_the_one_convolution()
    {
        var map = Focus(Image(), "rows first", Yolo).Conv("f", "c", 12, 5).BatchNorm("c", "b", 5).Node("Sigmoid", "b", "y").Output("y").Lower("rk1808").Map;
        var row = map.Rows[0];
        row.Reference.Should().Equal("p0s", "p0", "p1s", "p1", "p2s", "p2", "p3s", "p3", "f", "c", "b");
        row.Target.Should().Equal("b");
        (row.Reason, row.Precision).Should().Be(("BN folded; Focus as 6 x 6 Conv", "uint8"));
        row.CheckRelativeError.Should().BeLessThan(1e-5);
        map.Unmatched.Should().Contain(new UnmatchedTensor("p2s", "Focus as 6 x 6 Conv"));
    }

    [Fact]
    public void A_slice_that_others_read_stays_beside_the_convolution()
    {
        var net = Focus(Image(), "both axes in one", Yolo).Conv("f", "y", 12, 5).Node("Relu", "p1", "z").Output("y", "z");
        var result = net.Rewrite(Rules);
        result.Model.Graph.Nodes.Select(n => n.OpType).Should().BeEquivalentTo("Slice", "Conv", "Relu");
        net.RewrittenError(result).Should().BeLessThan(1e-5);
        result.Map.Unmatched.Select(u => u.Tensor).Should().Equal("p0", "p2", "p3", "f");
    }

    [Fact]
    public void What_is_no_focus_stays()
    {
        Net Whole() => Focus(Image(), "both axes in one", Yolo);
        Stays(Whole().Conv("f", "y", 12, 5).Node("Relu", "f", "z").Output("y", "z"));
        Stays(Whole().Conv("f", "y", 12, 5).Output("y", "f"));
        Stays(Whole().Random("k", 1, 4, 12, 3, 3).Node("Conv", "f k", "y", n => n.Set("dilations", [2L, 2L])).Output("y"));
        Stays(Whole().Random("k", 1, 4, 12, 3, 3).Node("Conv", "f k", "y", n => n.Set("auto_pad", "SAME_UPPER")).Output("y"));
        Stays(Whole().Conv("f", "y", 12, 6, group: 2).Output("y"));
        Stays(Focus(Image(), "both axes in one", [(0, 0), (1, 0), (0, 0), (1, 1)]).Conv("f", "y", 12, 5).Output("y"));
        Stays(Image().Constant("short", 10, 14).Constant("at", 0, 0).Node("Slice", "x at short hw steps", "p").Node("Concat", "p p p p", "f", n => n.Set("axis", 1L)).Conv("f", "y", 12, 5).Output("y"));
        Stays(Image().Node("SpaceToDepth", "x", "f", n => n.Set("blocksize", 4L)).Conv("f", "y", 48, 2).Output("y"));
    }
}
