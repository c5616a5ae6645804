using System.Collections.Immutable;
using Parity.Onnx.Proto;

namespace Parity.Onnx;

/// <summary>Tensors of an enclosing graph that the graphs in a node's attributes read.</summary>
internal static class Subgraphs
{
    public static ImmutableArray<string> Captured(NodeProto node)
    {
        var names = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var graph in Of(node))
            names.UnionWith(Free(graph));
        return [.. names];
    }

    /// <summary>Renames a captured tensor; a subgraph that defines the name itself is left alone.</summary>
    public static void Rename(NodeProto node, string from, string to)
    {
        foreach (var graph in Of(node))
        {
            if (Defined(graph).Contains(from))
                continue;
            foreach (var inner in graph.Node)
            {
                for (int i = 0; i < inner.Input.Count; i++)
                    if (inner.Input[i] == from)
                        inner.Input[i] = to;
                Rename(inner, from, to);
            }
            foreach (var output in graph.Output)
                if (output.Name == from)
                    output.Name = to;
        }
    }

    private static IEnumerable<GraphProto> Of(NodeProto node) =>
        node.Attribute.SelectMany(a => a.G is null ? a.Graphs : a.Graphs.Prepend(a.G));

    private static HashSet<string> Defined(GraphProto graph) =>
    [
        .. graph.Input.Select(i => i.Name),
        .. graph.Initializer.Select(i => i.Name),
        .. graph.SparseInitializer.Select(i => i.Values.Name),
        .. graph.Node.SelectMany(n => n.Output),
    ];

    private static IEnumerable<string> Free(GraphProto graph)
    {
        var defined = Defined(graph);
        return graph.Node.SelectMany(n => n.Input.Concat(Captured(n)))
            .Concat(graph.Output.Select(o => o.Name))
            .Where(name => name.Length > 0 && !defined.Contains(name));
    }
}
