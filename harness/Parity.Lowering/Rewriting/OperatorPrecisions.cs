using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>In which numbers the operators of a lowered graph compute.</summary>
/// <param name="maker">The operator of the lowered graph that makes a tensor; null when none does.</param>
/// <param name="first">Of an operator joined to others by the target's compiler: the operator that the unit begins with; else itself.</param>
/// <param name="halves">Names of the operators in float16.</param>
/// <param name="codes">Tensors with values of codes beside those behind DQ, with the codes' type.</param>
internal sealed class OperatorPrecisions(
    OnnxModel lowered, Func<string, Node?> maker, Func<Node, Node> first, IReadOnlySet<string> halves, IReadOnlyDictionary<string, ElementType> codes)
{
    /// <summary>Of a model that came quantized.</summary>
    public static OperatorPrecisions OfReady(OnnxModel model) => new(model, t => Maker(model.Graph, t), n => n, ImmutableHashSet<string>.Empty, ImmutableDictionary<string, ElementType>.Empty);

    /// <summary>"int8", "uint8", "int16", "uint16", "float16" or "float32".</summary>
    public string Of(string tensor) => maker(tensor) is { } node ? Of(node) : "float32";

    public string Of(Node node)
    {
        if (halves.Contains(node.Name))
            return "float16";
        // 16-bit weights may meet 8-bit data; the third input is a bias of 32 bits.
        var operands = first(node).Inputs.Take(2).Select(TypeOf).OfType<TensorType>().ToList();
        return operands.Count == 0 ? "float32" : operands.MaxBy(TensorTypes.Bits).ToString().ToLowerInvariant();
    }

    /// <summary>Every operator that multiplies and accumulates.</summary>
    /// <param name="inputs">Shapes of open inputs.</param>
    /// <param name="besides">Nodes that repeat part of another one's work.</param>
    public ImmutableArray<LayerPrecision> Layers(IReadOnlyDictionary<string, ImmutableArray<int>>? inputs, IReadOnlySet<string> besides) =>
        [.. LayerCosts.Multiplying(lowered, inputs).Where(l => !besides.Contains(l.Node)).Select(l => new LayerPrecision(l.Node, l.OpType, Of(lowered.Graph.NodeNamed(l.Node)!), l.Macs))];

    /// <summary>An output of the model is made by its pair's dequantization.</summary>
    private static Node? Maker(Graph graph, string tensor)
    {
        var node = graph.ProducerOf(tensor);
        while (node is not null && (QdqView.IsDequantize(node) || QdqView.IsQuantize(node)))
            node = graph.ProducerOf(node.Input(0));
        return node;
    }

    private TensorType? TypeOf(string tensor)
    {
        var graph = lowered.Graph;
        if (graph.ProducerOf(tensor) is not { } dequantize || !QdqView.IsDequantize(dequantize))
            return codes.TryGetValue(tensor, out var type) ? TensorTypes.Of(type) : null;
        return (graph.ProducerOf(dequantize.Input(0)) is { } quantize && QdqView.IsQuantize(quantize) && quantize.HasInput(2)
            ? graph.ConstantType(quantize.Input(2)) : graph.ConstantType(dequantize.Input(0))) ?? TensorType.UInt8;
    }
}
