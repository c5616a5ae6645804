using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Decides which activations get Q/DQ pairs, before anything is edited.</summary>
internal static class PairPlacing
{
    /// <returns>In the order in which the graph makes the tensors.</returns>
    public static ImmutableArray<ActivationPair> Place(Graph graph, InferredShapes shapes, PairPlacement placement, QuantizedOperators operators)
    {
        var nodes = graph.Nodes;
        var wanted = nodes
            .SelectMany(n => operators.DataInputs(n).Select(i => (Tensor: n.Input(i), Reader: new NodeInput(n.Name, i))))
            .Where(w => graph.Constant(w.Tensor) is null)
            .ToLookup(w => w.Tensor, w => w.Reader);
        bool IsFloat(string tensor) => tensor.Length > 0 && shapes.TypeOf(tensor) == TensorType.Float32;

        var pairs = new Dictionary<string, ActivationPair>(StringComparer.Ordinal);
        var order = graph.Inputs.Select(i => i.Name).Concat(nodes.SelectMany(n => n.Outputs)).Where(IsFloat).ToImmutableArray();
        foreach (string tensor in order)
        {
            var producer = graph.ProducerOf(tensor);
            if (placement == PairPlacement.OperatorOutputs && CodesOf(tensor, producer) is { } root)
                pairs[tensor] = new ActivationPair(tensor, root, null);
            else if (wanted.Contains(tensor))
                pairs[tensor] = new ActivationPair(tensor, tensor, [.. wanted[tensor]]);
        }
        return [.. order.Where(pairs.ContainsKey).Select(t => pairs[t])];

        // The tensor whose parameters the codes have; null when the tensor is not made as codes.
        string? CodesOf(string tensor, Node? producer)
        {
            if (producer is null)
                return graph.ConsumersOf(tensor).Any(c => operators.RuleOf(c) is not null) ? tensor : null;
            if (operators.FusedTensors.Contains(tensor))
                return null;
            if (operators.RuleOf(producer)?.Role == OperatorRole.Passive)
                return pairs.TryGetValue(producer.Input(0), out var source) && source.Readers is null ? source.Root : null;
            return operators.MakesCodes(producer) ? tensor : null;
        }
    }
}
