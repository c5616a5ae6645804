using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// The float operators that dynamically quantized ones stand for: DynamicQuantizeLinear, MatMulInteger or ConvInteger, Cast and the Mul by both scales become one MatMul or Conv
/// that makes the Mul's output; com.microsoft's DynamicQuantizeMatMul and MatMulIntegerToFloat likewise. For reading the structure: the model that runs keeps its operators.
/// </summary>
internal static class DynamicForm
{
    public static void Apply(OnnxModel model)
    {
        Graph graph = model.Graph;
        foreach (Node node in graph.Nodes)
        {
            switch (node.OpType)
            {
                case "MatMulInteger" or "ConvInteger": Unroll(graph, node); break;
                case "DynamicQuantizeMatMul": Write(graph, node, "MatMul", node.Input(0), Weights(graph, node, 1, node.Input(2), node.Input(3)), node.Input(4), node); break;
                case "MatMulIntegerToFloat" when Source(graph, node.Input(0)) is { } source:
                    Write(graph, node, "MatMul", source, Weights(graph, node, 1, node.Input(3), node.Input(5)), node.Input(6), node);
                    break;
            }
        }
        graph.Prune();
    }

    private static void Unroll(Graph graph, Node node)
    {
        if (Source(graph, node.Input(0)) is not { } source
            || graph.ConsumersOf(node.Outputs[0]) is not [var cast] || !cast.Is("Cast")
            || graph.ConsumersOf(cast.Outputs[0]) is not [var scaled] || !scaled.Is("Mul"))
            return;
        string factor = scaled.Input(0) == cast.Outputs[0] ? scaled.Input(1) : scaled.Input(0);
        // Mul of the data's scale, which is computed, and the weights', which is constant; in either order.
        string? scale = graph.ProducerOf(factor) is { } product && product.Is("Mul")
            ? product.Inputs.FirstOrDefault(i => graph.Constant(i) is not null) : null;
        if (scale is not null)
            Write(graph, node, node.Is("ConvInteger") ? "Conv" : "MatMul", source, Weights(graph, node, 1, scale, node.Input(3)), "", scaled);
    }

    private static string? Source(Graph graph, string codes) =>
        graph.ProducerOf(codes) is { } quantize && quantize.OpType is "DynamicQuantizeLinear" or "QuantizeLinear" && quantize.Outputs[0] == codes ? quantize.Input(0) : null;

    private static Tensor? Weights(Graph graph, Node node, int index, string scale, string zero)
    {
        if (graph.Constant(node.Input(index)) is not { } codes || graph.Constant(scale) is not { Type: ElementType.Float32 } scales)
            return null;
        ImmutableArray<long> zeros = zero.Length > 0 && graph.Constant(zero) is { } z ? LinearQuantization.Codes(z) : [];
        if (zeros.Length != scales.Count)
            zeros = [.. Enumerable.Repeat(zeros.IsEmpty ? 0 : zeros[0], scales.Count)];
        int axis = node.OpType == "ConvInteger" ? 0 : codes.Shape.Length - 1;
        return LinearQuantization.Dequantize(codes, scales.Span<float>(), zeros.AsSpan(), scales.Count > 1 ? axis : null, 0, $"node {node.Name} ({node.OpType})");
    }

    /// <param name="last">Its output is what the new operator, with its bias added, makes.</param>
    private static void Write(Graph graph, Node node, string opType, string source, Tensor? weights, string bias, Node last)
    {
        if (weights is null)
            return;
        string constant = ConstantInput.Add(graph, $"{node.Input(1)}/float", weights);
        string output = last.Outputs[0], product = bias.Length > 0 ? graph.UniqueName($"{output}/product") : output;
        graph.Remove(last);
        graph.Add(node.As(opType, [source, constant], [product], graph.UniqueName($"{node.Name}/float"), "auto_pad", "kernel_shape", "pads", "strides", "dilations", "group"));
        if (bias.Length > 0)
            graph.Add(new Node("Add", [product, bias], [output], graph.UniqueName($"{node.Name}/bias")));
    }
}
