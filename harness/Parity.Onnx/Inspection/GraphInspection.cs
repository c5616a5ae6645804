using System.Collections.Immutable;

namespace Parity.Onnx;

/// <summary>What a model consists of and costs.</summary>
/// <param name="OperatorCounts">Nodes by operator type; operators of other domains as <c>domain.type</c>.</param>
/// <param name="Parameters">
/// Elements of all constants that are weights: of a float type, or codes read by DequantizeLinear or an integer operator. Each constant once; without the
/// scales and zero points of Q/DQ, and without integers that are shapes and indices.
/// </param>
/// <param name="Layers">Every node but constants, in topological order.</param>
/// <param name="Unknown">What inference left open, and why: the totals then lack these nodes and those behind them.</param>
public sealed record GraphInspection(
    int OpsetVersion,
    ImmutableArray<TensorInfo> Inputs,
    ImmutableArray<TensorInfo> Outputs,
    ImmutableSortedDictionary<string, int> OperatorCounts,
    long Parameters,
    ImmutableArray<LayerCost> Layers,
    ImmutableArray<QdqPair> Qdq,
    ImmutableArray<UnpairedNode> UnpairedQdq,
    ImmutableArray<NotInferred> Unknown)
{
    /// <summary>Null when it is unknown of any layer.</summary>
    public long? Macs => Layers.Aggregate((long?)0, (sum, layer) => sum + layer.Macs);

    /// <summary>Null when it is unknown of any layer.</summary>
    public long? Bytes => Layers.Aggregate((long?)0, (sum, layer) => sum + layer.Bytes);

    /// <summary>Multiply-accumulates of quantized layers over all, 0 to 1; null when unknown or when there are none.</summary>
    public double? QuantizedMacShare => Macs is > 0 and var all ? (double)Layers.Where(l => l.Quantized).Sum(l => l.Macs!.Value) / all : null;

    /// <param name="inputs">Shapes by input name for open extents, as of <see cref="ShapeInference.Of"/>.</param>
    /// <exception cref="Core.FaultException">Wrong shapes given, or broken Q/DQ.</exception>
    public static GraphInspection Of(OnnxModel model, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs = null)
    {
        var graph = model.Graph;
        var shapes = ShapeInference.Of(model, inputs);
        var qdq = QdqView.Of(model);
        var nodes = graph.Nodes;
        var weights = Weights(graph, shapes);
        var unknown = shapes.Unknown.Select(u => u.Node).ToHashSet();
        return new GraphInspection(
            model.OpsetVersion,
            [.. graph.Inputs.Select(i => shapes.Of(i.Name))],
            [.. graph.Outputs.Select(o => shapes.Of(o.Name))],
            nodes.GroupBy(n => n.Domain.Length == 0 ? n.OpType : $"{n.Domain}.{n.OpType}").ToImmutableSortedDictionary(g => g.Key, g => g.Count(), StringComparer.Ordinal),
            weights.Values.Sum(),
            [.. nodes.Where(n => !n.Is("Constant")).Select(n => Cost(graph, n, shapes, weights, unknown.Contains(n)))],
            qdq.Pairs,
            qdq.Unpaired,
            shapes.Unknown);
    }

    private static LayerCost Cost(Graph graph, Node node, InferredShapes shapes, Dictionary<string, long> weights, bool unknown)
    {
        var inputs = node.Inputs.Where(i => i.Length > 0).Distinct().ToList();
        var outputs = node.Outputs.Where(o => o.Length > 0).ToList();
        long? bytes = inputs.Concat(outputs).Aggregate((long?)0, (sum, tensor) => sum
            + (shapes.CountOf(tensor) is { } count && TensorTypes.Bits(shapes.TypeOf(tensor)) > 0 ? TensorTypes.Bytes(shapes.TypeOf(tensor), count) : null));
        long? macs = unknown ? null : MacCount.Of(node, shapes);
        bool integer = node.OpType is "QLinearConv" or "ConvInteger" or "QLinearMatMul" or "MatMulInteger";
        return new LayerCost(
            node.Name, node.OpType, [.. inputs.Select(shapes.Of)], [.. outputs.Select(shapes.Of)],
            inputs.Sum(i => weights.GetValueOrDefault(i)), macs, bytes,
            integer || (macs != 0 && Enumerable.Range(0, 2).All(i => graph.ProducerOf(node.Input(i)) is { } producer && QdqView.IsDequantize(producer))));
    }

    private static Dictionary<string, long> Weights(Graph graph, InferredShapes shapes)
    {
        var weights = new Dictionary<string, long>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            bool qdq = QdqView.IsQuantize(node) || QdqView.IsDequantize(node);
            bool codes = QdqView.IsDequantize(node) || node.OpType is "QLinearConv" or "ConvInteger" or "QLinearMatMul" or "MatMulInteger";
            for (int i = 0; i < (qdq ? 1 : node.Inputs.Count); i++)
            {
                string input = node.Input(i);
                if (!IsConstant(graph, input) || shapes.CountOf(input) is not { } count || node.Is("Identity"))
                    continue;
                // Integer operators carry scales and zero points between their operands; those are single numbers or a number per channel.
                bool isWeight = TensorTypes.IsFloat(shapes.TypeOf(input)) ? !(codes && !qdq) && !IsArgument(node, i)
                    : codes && (qdq || i == (node.OpType.StartsWith("QLinear", StringComparison.Ordinal) ? 3 : 1) || (node.OpType == "QLinearConv" && i == 8));
                if (isWeight)
                    weights[input] = count;
            }
        }
        return weights;
    }

    private static bool IsConstant(Graph graph, string tensor) =>
        graph.IsInitializer(tensor) || graph.ProducerOf(tensor) is { } node && (node.Is("Constant") || node.Is("Identity") && IsConstant(graph, node.Input(0)));

    /// <summary>Floats that steer an operator instead of being learned.</summary>
    private static bool IsArgument(Node node, int input) => node.OpType switch
    {
        "Resize" or "Upsample" or "Clip" or "Pad" or "NonMaxSuppression" or "Dropout" or "OneHot" => input > 0,
        _ => false,
    };
}
