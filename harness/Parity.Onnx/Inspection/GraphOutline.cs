using Parity.Core;

namespace Parity.Onnx;

/// <summary>What a graph looks like to somebody who wants to see its layers.</summary>
public static class GraphOutline
{
    /// <exception cref="FaultException">Broken Q/DQ.</exception>
    public static GraphRecord Of(OnnxModel model)
    {
        Graph graph = model.Graph;
        InferredShapes shapes = ShapeInference.Of(model);
        QdqView qdq = QdqView.Of(model);
        HashSet<string> data = Data(graph);
        var unknown = shapes.Unknown.Select(u => u.Node).ToHashSet();
        // A pair is found by its float tensor too, where the way back ends.
        string Float(string tensor) => qdq.Of(tensor) is { Float: { } source } && source != tensor ? Float(source) : tensor;
        return new GraphRecord(
            [.. graph.Inputs.Select(i => i.Name)],
            [.. graph.Outputs.Select(o => Float(o.Name)).Distinct(StringComparer.Ordinal)],
            [
                .. graph.Nodes.Where(n => n.Outputs.Any(data.Contains) && !IsPair(qdq, n)).Select(n =>
                {
                    string[] read = [.. n.Inputs.Concat(n.Captured).Where(data.Contains).Distinct(StringComparer.Ordinal)];
                    return new GraphNode(
                        n.Name, n.Domain.Length == 0 ? n.OpType : $"{n.Domain}.{n.OpType}", [.. read.Select(Float).Distinct(StringComparer.Ordinal)],
                        [.. n.Outputs.Where(o => o.Length > 0)], unknown.Contains(n) ? null : MacCount.Of(n, shapes),
                        (qdq.Of(read[0])?.Type ?? shapes.TypeOf(read[0])).ToString()!.ToLowerInvariant());
                }),
            ]);
    }

    private static bool IsPair(QdqView qdq, Node node) =>
        (QdqView.IsQuantize(node) || QdqView.IsDequantize(node)) && qdq.Of(node.Outputs[0]) is { Quantize: not null };

    /// <summary>Tensors that depend on what is fed.</summary>
    private static HashSet<string> Data(Graph graph)
    {
        var data = graph.Inputs.Select(i => i.Name).ToHashSet(StringComparer.Ordinal);
        foreach (Node node in graph.Nodes.Where(n => n.Inputs.Concat(n.Captured).Any(data.Contains)))
            data.UnionWith(node.Outputs.Where(o => o.Length > 0));
        return data;
    }
}
