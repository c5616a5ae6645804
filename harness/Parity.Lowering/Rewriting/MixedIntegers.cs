using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Gives layers 16-bit codes among others of the target's usual format; where 16-bit codes meet a usual reader they are quantized once more.</summary>
internal static class MixedIntegers
{
    /// <param name="pairs">As placed for one format.</param>
    /// <param name="outputs">Of the layers to have 16 bits; a layer brings those it is fused with along.</param>
    public static ImmutableArray<ActivationPair> Split(ImmutableArray<ActivationPair> pairs, Graph graph, QuantizedOperators operators, IReadOnlySet<string> outputs)
    {
        if (outputs.Count == 0)
            return pairs;
        bool IsWide(Node node) => IsInt16(node, operators, outputs);
        var split = ImmutableArray.CreateBuilder<ActivationPair>();
        foreach (var pair in pairs)
        {
            if (pair.Readers is { } readers)
            {
                var wide = readers.Where(r => IsWide(graph.NodeNamed(r.Node)!)).ToImmutableArray();
                if (wide.Length < readers.Length)
                    split.Add(pair with { Readers = readers.RemoveRange(wide) });
                if (!wide.IsEmpty)
                    split.Add(pair with { Readers = wide, IsInt16 = true });
                continue;
            }
            var quantizing = graph.ConsumersOf(pair.Tensor)
                .SelectMany(n => operators.DataInputs(n).Where(i => n.Input(i) == pair.Tensor).Select(i => (Node: n, Input: new NodeInput(n.Name, i)))).ToList();
            bool made = graph.ProducerOf(pair.Root) is { } producer ? IsWide(producer) : quantizing.Count > 0 && quantizing.All(q => IsWide(q.Node));
            split.Add(pair with { IsInt16 = made });
            var narrow = quantizing.Where(q => made && !IsWide(q.Node)).Select(q => q.Input).ToImmutableArray();
            if (!narrow.IsEmpty)
                split.Add(new ActivationPair(pair.Tensor, pair.Root, narrow));
        }
        return split.ToImmutable();
    }

    public static bool IsInt16(Node node, QuantizedOperators operators, IReadOnlySet<string> outputs) =>
        operators.Unit(node).Any(m => operators.RuleOf(m) is not null) && operators.Unit(node).Any(m => m.Outputs.Any(outputs.Contains));
}
