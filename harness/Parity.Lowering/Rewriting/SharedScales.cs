using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Joins the quantization parameters of tensors that an operator wants alike.</summary>
internal static class SharedScales
{
    /// <returns>By root of <paramref name="pairs"/>: all roots, itself included, whose ranges together give its parameters.</returns>
    public static ImmutableDictionary<string, ImmutableArray<string>> Of(Graph graph, QuantizedOperators operators, ImmutableArray<ActivationPair> pairs)
    {
        var rootOf = pairs.ToLookup(p => p.Tensor, p => p.Root);
        var groups = pairs.Select(p => p.Root).Distinct(StringComparer.Ordinal).ToDictionary(r => r, r => new HashSet<string>(StringComparer.Ordinal) { r }, StringComparer.Ordinal);
        foreach (var node in graph.Nodes)
        {
            if (operators.RuleOf(node) is not { Sharing: not ScaleSharing.None } rule)
                continue;
            var alike = operators.DataInputs(node).Select(node.Input).ToList();
            if (rule.Sharing == ScaleSharing.InputsAndOutput)
                alike.Add(operators.Unit(node)[^1].Outputs[0]);
            var joined = alike.SelectMany(t => rootOf[t]).SelectMany(r => groups[r]).ToHashSet(StringComparer.Ordinal);
            foreach (string root in joined)
                groups[root] = joined;
        }
        return groups.ToImmutableDictionary(g => g.Key, g => g.Value.Order(StringComparer.Ordinal).ToImmutableArray(), StringComparer.Ordinal);
    }
}
