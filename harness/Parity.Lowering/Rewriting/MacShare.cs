using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Which part of the multiply-accumulates runs on quantized inputs and weights.</summary>
internal static class MacShare
{
    /// <summary>Null when nothing multiplies, or when extents of a weighted operator are open.</summary>
    /// <param name="inputs">Shapes of open inputs; null takes 1 for an open batch.</param>
    public static double? Of(OnnxModel model, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs)
    {
        var graph = model.Graph;
        inputs ??= graph.Inputs.Where(i => i.Shape is [-1, ..]).ToDictionary(i => i.Name, i => i.Shape!.Value.SetItem(0, 1));
        var shapes = ShapeInference.Of(model, inputs);
        double all = 0, quantized = 0;
        foreach (var node in graph.Nodes.Where(n => n.Is("Conv") || n.Is("ConvTranspose") || n.Is("Gemm") || n.Is("MatMul")))
        {
            if (Macs(node, shapes) is not { } macs)
                return null;
            all += macs;
            if (IsDequantized(graph, node.Input(0)) && IsDequantized(graph, node.Input(1)))
                quantized += macs;
        }
        return all > 0 ? quantized / all : null;
    }

    private static double? Macs(Node node, InferredShapes shapes)
    {
        if (shapes.CountOf(node.Input(0)) is not { } input || shapes.CountOf(node.Outputs[0]) is not { } output
            || shapes.CountOf(node.Input(1)) is not { } weights || shapes.ShapeOf(node.Input(1)) is not { } w || shapes.ShapeOf(node.Input(0)) is not { } x)
            return null;
        return node.OpType switch
        {
            // Each output takes the weights of its channel; each input of a transposed convolution those of its own.
            "Conv" => w[0] == 0 ? 0 : (double)output * (weights / w[0]),
            "ConvTranspose" => w[0] == 0 ? 0 : (double)input * (weights / w[0]),
            "Gemm" => (double)output * x[node.Int("transA", 0) != 0 ? 0 : 1],
            _ => (double)output * x[^1],
        };
    }

    private static bool IsDequantized(Graph graph, string tensor) => graph.ProducerOf(tensor) is { } producer && QdqView.IsDequantize(producer);
}
