using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>In which numbers the operators of a lowered graph compute.</summary>
/// <param name="halves">Tensors made by operators in float16, in the names that the rest of the graph reads.</param>
/// <param name="first">Of an operator joined to others by the target's compiler: the operator that the unit begins with; else itself.</param>
internal sealed class OperatorPrecisions(OnnxModel lowered, IReadOnlySet<string> halves, Func<Node, Node> first)
{
    /// <summary>"int8", "uint8", "int16", "uint16", "float16" or "float32".</summary>
    public string Of(string tensor)
    {
        var graph = lowered.Graph;
        if (halves.Contains(tensor))
            return "float16";
        var node = graph.ProducerOf(tensor);
        // An output of the model is made by its pair's dequantization.
        while (node is not null && (QdqView.IsDequantize(node) || QdqView.IsQuantize(node)))
            node = graph.ProducerOf(node.Input(0));
        if (node is null)
            return "float32";
        // 16-bit weights may meet 8-bit data; the third input is a bias of 32 bits.
        var operands = first(node).Inputs.Take(2).Select(graph.ProducerOf).Where(p => p is not null && QdqView.IsDequantize(p)).Select(p => TypeOf(graph, p!)).ToList();
        return operands.Count == 0 ? "float32" : operands.MaxBy(TensorTypes.Bits).ToString().ToLowerInvariant();
    }

    /// <summary>Every operator that multiplies and accumulates.</summary>
    /// <param name="inputs">Shapes of open inputs.</param>
    public ImmutableArray<LayerPrecision> Layers(IReadOnlyDictionary<string, ImmutableArray<int>>? inputs) =>
        [.. MacShare.Multiplying(lowered, inputs).Select(l => new LayerPrecision(l.Node, l.OpType, Of(RenamedBack(l.Outputs[0].Name)), l.Macs))];

    /// <summary>An operator in float16 makes t/float, of which t is the rounded one.</summary>
    private string RenamedBack(string tensor) =>
        lowered.Graph.ConsumersOf(tensor) is [var cast] && cast.Is("Cast") && lowered.Graph.ConsumersOf(cast.Outputs[0]) is [var back] && back.Is("Cast") && halves.Contains(back.Outputs[0])
            ? back.Outputs[0] : tensor;

    private static TensorType TypeOf(Graph graph, Node dequantize)
    {
        var codes = graph.ProducerOf(dequantize.Input(0)) is { } quantize && QdqView.IsQuantize(quantize) && quantize.HasInput(2)
            ? graph.ConstantType(quantize.Input(2)) : graph.ConstantType(dequantize.Input(0));
        return codes ?? TensorType.UInt8;
    }
}
