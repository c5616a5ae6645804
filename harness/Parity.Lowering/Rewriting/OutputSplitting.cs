using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Makes several convolutions of one whose output is only cut along its channels, so that parts that differ in range get scales of their own: boxes and scores of a head. The float model keeps its function.</summary>
public static class OutputSplitting
{
    /// <returns>A changed copy and the number of convolutions that were split; the model itself with 0.</returns>
    public static (OnnxModel Model, int Convolutions) Apply(OnnxModel model)
    {
        var split = model.Clone();
        var graph = split.Graph;
        int count = 0;
        foreach (var conv in graph.Nodes.Where(n => n.Is("Conv") && n.Int("group", 1) == 1 && !graph.IsOutput(n.Outputs[0])))
        {
            if (graph.Constant(conv.Input(1)) is not { Type: ElementType.Float32, Shape.Length: > 2 } weights
                || (conv.HasInput(2) && graph.Constant(conv.Input(2)) is not { Type: ElementType.Float32 })
                || Parts(graph, conv.Outputs[0], weights.Shape[0]) is not { Count: > 1 } parts)
                continue;
            foreach (var cutter in graph.ConsumersOf(conv.Outputs[0]))
                graph.Remove(cutter);
            graph.Remove(conv);
            foreach (var (output, from, to) in parts)
            {
                List<string> inputs = [conv.Input(0), Rows(graph, conv.Input(1), from, to, $"{output}/weight")];
                if (conv.HasInput(2))
                    inputs.Add(Rows(graph, conv.Input(2), from, to, $"{output}/bias"));
                graph.Add(conv.CopyWith(inputs, [output], graph.UniqueName($"{conv.Name}/{from}-{to}")));
            }
            graph.Prune();
            count++;
        }
        return count > 0 ? (split, count) : (model, 0);
    }

    /// <summary>The channels of each part; null when something reads the whole, or cuts otherwise.</summary>
    private static List<(string Output, int From, int To)>? Parts(Graph graph, string tensor, int channels)
    {
        var parts = new List<(string, int, int)>();
        foreach (var reader in graph.ConsumersOf(tensor))
        {
            if (reader.Input(0) != tensor)
                return null;
            if (reader.Is("Slice") && Numbers(graph, reader, 1, "starts") is [var start] && Numbers(graph, reader, 2, "ends") is [var end]
                && Numbers(graph, reader, 3, "axes") is [1] && Numbers(graph, reader, 4, "steps") is [] or [1])
            {
                int from = (int)Math.Clamp(start < 0 ? start + channels : start, 0, channels), to = (int)Math.Clamp(end < 0 ? end + channels : end, 0, channels);
                if (from >= to)
                    return null;
                parts.Add((reader.Outputs[0], from, to));
            }
            else if (reader.Is("Split") && reader.Int("axis", 0) == 1)
            {
                var sizes = Numbers(graph, reader, 1, "split");
                if (sizes.IsEmpty && channels % reader.Outputs.Count == 0)
                    sizes = [.. Enumerable.Repeat((long)(channels / reader.Outputs.Count), reader.Outputs.Count)];
                if (sizes.Length != reader.Outputs.Count || sizes.Sum() != channels)
                    return null;
                int from = 0;
                foreach (var (output, size) in reader.Outputs.Zip(sizes))
                {
                    if (output.Length > 0)
                        parts.Add((output, from, from + (int)size));
                    from += (int)size;
                }
            }
            else
                return null;
        }
        return parts;
    }

    /// <summary>Of a constant input, or of the attribute that older opsets have instead; empty when left out or not constant.</summary>
    private static ImmutableArray<long> Numbers(Graph graph, Node node, int input, string attribute)
    {
        if (node.HasAttribute(attribute))
            return node.Ints(attribute);
        return !node.HasInput(input) ? [] : graph.Constant(node.Input(input)) switch
        {
            { Type: ElementType.Int64 } wide => [.. wide.Span<long>()],
            { Type: ElementType.Int32 } narrow => [.. narrow.Span<int>().ToArray().Select(v => (long)v)],
            _ => [],
        };
    }

    private static string Rows(Graph graph, string tensor, int from, int to, string name)
    {
        var whole = graph.Constant(tensor)!;
        int row = whole.Count / whole.Shape[0];
        string unique = graph.UniqueName(name);
        graph.SetInitializer(unique, Tensor.Create(whole.Span<float>()[(from * row)..(to * row)].ToArray(), whole.Shape.SetItem(0, to - from).AsSpan()));
        return unique;
    }
}
