using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Rounds a float32 model to half by Cast around every operator: weights are stored as float16, and each operator's result t is cast to t/half and back to t.
/// Inputs and outputs of the model stay float32.
/// </summary>
internal static class HalfPrecision
{
    /// <param name="keptOutputs">Outputs of nodes that stay float32, and inputs of the model that do.</param>
    /// <param name="keptConstants">Constants that stay float32, whoever reads them.</param>
    /// <returns>Constants that half cannot hold, which stay float32.</returns>
    public static ImmutableArray<string> Apply(OnnxModel model, IReadOnlySet<string> keptOutputs, IReadOnlySet<string> keptConstants)
    {
        var graph = model.Graph;
        var shapes = ShapeInference.Of(model);
        // What follows from shapes alone is an argument (a size, a factor), no data: half has integers up to 2048 only.
        bool IsData(string tensor) => tensor.Length > 0 && shapes.TypeOf(tensor) == TensorType.Float32 && shapes.ValueOf(tensor) is null;
        var beyond = ImmutableArray.CreateBuilder<string>();
        foreach (string name in graph.Initializers.Concat(graph.Nodes.Where(n => n.Is("Constant")).Select(n => n.Outputs[0])).ToList())
        {
            if (graph.Constant(name) is not { Type: ElementType.Float32 } constant || graph.IsOutput(name) || keptConstants.Contains(name) || !ReadAsData(graph, name, keptOutputs))
                continue;
            var halves = Array.ConvertAll(constant.Span<float>().ToArray(), v => (Half)v);
            if (halves.Any(h => !Half.IsFinite(h)))
            {
                beyond.Add(name);
                continue;
            }
            if (graph.ProducerOf(name) is { } producer)
                graph.Remove(producer);
            else
                graph.RemoveInitializer(name);
            string stored = graph.UniqueName($"{name}/half");
            graph.SetInitializer(stored, Tensor.Create(halves, constant.Shape.AsSpan()));
            graph.Add(Cast(graph, stored, name, TensorType.Float32));
        }
        var nodes = graph.Nodes;
        foreach (var input in graph.Inputs.Where(i => IsData(i.Name) && !keptOutputs.Contains(i.Name)))
        {
            string half = graph.UniqueName($"{input.Name}/half"), rounded = graph.UniqueName($"{input.Name}/rounded");
            var consumers = graph.ConsumersOf(input.Name);
            graph.Add(Cast(graph, input.Name, half, TensorType.Float16));
            graph.Add(Cast(graph, half, rounded, TensorType.Float32));
            foreach (var consumer in consumers)
                graph.ReplaceInput(consumer, input.Name, rounded);
        }
        foreach (var node in nodes.Where(n => !n.Is("Constant") && !(n.Is("Cast") && graph.IsInitializer(n.Input(0))) && n.Outputs.Any(IsData) && !n.Outputs.Any(keptOutputs.Contains)))
        {
            var exact = node.Outputs.Where(IsData).ToDictionary(o => o, o => graph.UniqueName($"{o}/float"), StringComparer.Ordinal);
            graph.Remove(node);
            graph.Add(node.CopyWith(node.Inputs, node.Outputs.Select(o => exact.GetValueOrDefault(o, o)), node.Name));
            foreach (var (tensor, source) in exact)
            {
                string half = graph.UniqueName($"{tensor}/half");
                graph.Add(Cast(graph, source, half, TensorType.Float16));
                graph.Add(Cast(graph, half, tensor, TensorType.Float32));
            }
        }
        return beyond.ToImmutable();
    }

    /// <summary>Whether an operator computes with the constant; limits, sizes and pad values are arguments.</summary>
    private static bool ReadAsData(Graph graph, string constant, IReadOnlySet<string> keptOutputs)
    {
        var readers = graph.ConsumersOf(constant).Where(c => !c.Outputs.Any(keptOutputs.Contains)).ToList();
        return readers.Count > 0 && readers.All(c => c.Captured.IsEmpty
            && !(c.OpType is "Resize" or "Upsample" or "Clip" or "Pad" or "Range" or "QuantizeLinear" or "DequantizeLinear" or "NonMaxSuppression" && c.Input(0) != constant));
    }

    private static Node Cast(Graph graph, string from, string to, TensorType type) =>
        new Node("Cast", [from], [to], graph.UniqueName($"{to}/Cast")).Set("to", (long)type);
}
