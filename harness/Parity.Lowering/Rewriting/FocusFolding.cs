using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Makes one Conv of a Conv that alone reads 2 x 2 pixel blocks (YOLOv5's and YOLOX's Focus): with kernel k, stride s and pads p on the blocks it is a Conv with 2k,
/// 2s and 2p on the pixels, whose weight of pixel (Y, X) of block (ky, kx) stands at (2ky + Y, 2kx + X). A block of padding is zeros, as four pixels of padding are.
/// </summary>
internal static class FocusFolding
{
    public static void Apply(OnnxModel model, TensorNames names)
    {
        var graph = model.Graph;
        var shapes = ShapeInference.Of(model);
        foreach (var conv in graph.Nodes.Where(n => n.Is("Conv")))
        {
            string blocked = conv.Input(0), output = conv.Outputs[0];
            if (graph.IsOutput(blocked) || graph.ConsumersOf(blocked).Length != 1 || conv.Int("group", 1) != 1 || conv.Ints("dilations").Any(d => d != 1)
                || conv.Text("auto_pad", "NOTSET") is not ("NOTSET" or "VALID")
                || graph.Constant(conv.Input(1)) is not { Type: ElementType.Float32, Shape: [var filters, var channels, var height, var width] } weights
                || PixelBlocks.Of(graph, shapes, blocked, channels) is not { } blocks)
                continue;
            var values = weights.Span<float>();
            var spread = new float[values.Length];
            for (int i = 0; i < values.Length; i++)
            {
                int x = i % width, y = i / width % height, filter = i / (width * height * channels);
                var pixel = blocks.Pixels[i / (width * height) % channels];
                spread[(((filter * (channels / 4)) + pixel.Channel) * 2 * height + 2 * y + pixel.Y) * 2 * width + 2 * x + pixel.X] = values[i];
            }
            ConstantInput.Replace(graph, conv, 1, Tensor.Create(spread, filters, channels / 4, 2 * height, 2 * width), $"{output}/weight");
            conv.Set("kernel_shape", [2L * height, 2L * width])
                .Set("strides", conv.HasAttribute("strides") ? conv.Ints("strides").Select(s => 2 * s) : [2L, 2L]);
            if (conv.HasAttribute("pads"))
                conv.Set("pads", conv.Ints("pads").Select(p => 2 * p));
            var before = graph.Nodes.SelectMany(n => n.Outputs).ToList();
            graph.SetInput(conv, 0, blocks.Source);
            graph.Prune();
            string reason = $"Focus as {2 * height} x {2 * width} Conv";
            foreach (string gone in before.Where(t => graph.ProducerOf(t) is null))
                names.Absorbed(gone, output, reason);
            names.Changed(output, reason);
        }
    }
}
