using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Rounds operators of a float32 model to half by Cast around them: weights are stored as float16, and each result t is cast to t/half and back to t.
/// What they read from elsewhere is rounded for them alone. Inputs and outputs of the model stay float32.
/// </summary>
internal static class HalfPrecision
{
    /// <param name="outputs">Of the nodes to round.</param>
    /// <param name="becomesCodes">Whether what a node reads from a tensor or constant is to be quantized, which is not rounded on the way.</param>
    /// <returns>Constants that half cannot hold, which stay float32.</returns>
    public static ImmutableArray<string> Apply(OnnxModel model, IReadOnlySet<string> outputs, Func<Node, string, bool> becomesCodes)
    {
        var graph = model.Graph;
        var shapes = ShapeInference.Of(model);
        // What follows from shapes alone is an argument (a size, a factor), no data: half has integers up to 2048 only.
        bool IsData(string tensor) => tensor.Length > 0 && shapes.TypeOf(tensor) == TensorType.Float32 && shapes.ValueOf(tensor) is null;
        bool IsConstant(string tensor) => graph.IsInitializer(tensor) || graph.ProducerOf(tensor) is { } producer && producer.Is("Constant");
        var nodes = graph.Nodes.Where(n => !n.Is("Constant") && n.Outputs.Any(o => IsData(o) && outputs.Contains(o))).ToList();
        var halves = nodes.ToHashSet();
        var made = nodes.SelectMany(n => n.Outputs).ToHashSet(StringComparer.Ordinal);
        var beyond = ImmutableArray.CreateBuilder<string>();
        foreach (string constant in graph.Initializers.Concat(graph.Nodes.Where(n => n.Is("Constant")).Select(n => n.Outputs[0])).ToList())
        {
            if (graph.Constant(constant) is not { Type: ElementType.Float32 } value || graph.IsOutput(constant))
                continue;
            var readers = graph.ConsumersOf(constant).Where(r => halves.Contains(r) && !becomesCodes(r, constant)).ToList();
            if (readers.Count == 0 || readers.Any(r => !ReadsAsData(r, constant)))
                continue;
            var rounded = Array.ConvertAll(value.Span<float>().ToArray(), v => (Half)v);
            if (rounded.Any(h => !Half.IsFinite(h)))
                beyond.Add(constant);
            else
                Store(graph, constant, Tensor.Create(rounded, value.Shape.AsSpan()), readers);
        }
        foreach (string tensor in nodes.SelectMany(n => n.Inputs.Concat(n.Captured)).Distinct(StringComparer.Ordinal).ToList())
        {
            if (!IsData(tensor) || made.Contains(tensor) || IsConstant(tensor))
                continue;
            var readers = graph.ConsumersOf(tensor).Where(r => halves.Contains(r) && !becomesCodes(r, tensor)).ToList();
            if (readers.Count == 0)
                continue;
            string rounded = graph.UniqueName($"{tensor}/rounded");
            Round(graph, tensor, graph.UniqueName($"{tensor}/half"), rounded);
            foreach (var reader in readers)
                graph.ReplaceInput(reader, tensor, rounded);
        }
        foreach (var node in nodes)
        {
            var exact = node.Outputs.Where(IsData).ToDictionary(o => o, o => graph.UniqueName($"{o}/float"), StringComparer.Ordinal);
            graph.Remove(node);
            graph.Add(node.CopyWith(node.Inputs, node.Outputs.Select(o => exact.GetValueOrDefault(o, o)), node.Name));
            foreach (var (tensor, source) in exact)
                Round(graph, source, graph.UniqueName($"{tensor}/half"), tensor);
        }
        return beyond.ToImmutable();
    }

    /// <summary>Keeps the name for the value that is cast back, unless others read it unrounded.</summary>
    private static void Store(Graph graph, string constant, Tensor halves, List<Node> readers)
    {
        string stored = ConstantInput.Add(graph, $"{constant}/half", halves), restored = constant;
        if (graph.ConsumersOf(constant).Length > readers.Count)
        {
            restored = graph.UniqueName($"{constant}/rounded");
            foreach (var reader in readers)
                graph.ReplaceInput(reader, constant, restored);
        }
        else if (graph.ProducerOf(constant) is { } producer)
        {
            graph.Remove(producer);
        }
        else
        {
            graph.RemoveInitializer(constant);
        }
        graph.Add(Cast(graph, stored, restored, TensorType.Float32));
    }

    private static void Round(Graph graph, string from, string half, string to)
    {
        graph.Add(Cast(graph, from, half, TensorType.Float16));
        graph.Add(Cast(graph, half, to, TensorType.Float32));
    }

    /// <summary>Whether the operator computes with the constant; limits, sizes and pad values are arguments.</summary>
    private static bool ReadsAsData(Node reader, string constant) => reader.Captured.IsEmpty
        && !(reader.OpType is "Resize" or "Upsample" or "Clip" or "Pad" or "Range" or "QuantizeLinear" or "DequantizeLinear" or "NonMaxSuppression" && reader.Input(0) != constant);

    private static Node Cast(Graph graph, string from, string to, TensorType type) =>
        new Node("Cast", [from], [to], graph.UniqueName($"{to}/Cast")).Set("to", (long)type);
}
