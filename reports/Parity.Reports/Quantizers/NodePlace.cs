using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Reports.Quantizers;

/// <summary>A Q/DQ pair and what the probe images showed of it.</summary>
/// <param name="Id">Anchor of its row among the nodes.</param>
/// <param name="Measured">Null for what is no activation, and without probe images.</param>
/// <param name="CardId">Anchor of its entry on the page of nodes.</param>
public sealed record NodePlace(QdqRecord Node, string Id, QuantizationDivergence? Measured, string CardId)
{
    /// <summary>No noise at all: every value seen is one of the codes.</summary>
    public bool IsExact => Measured is { View: QuantizationView.Values, Tensor: { ClippingMse: 0, RoundingMse: 0 } };

    /// <summary>All pairs of a target in the order of its graph.</summary>
    public static ImmutableArray<NodePlace> Of(TargetRecord target, Slugs slugs)
    {
        var measured = (target.Probe?.Quantizers ?? []).GroupBy(q => q.Quantize, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return [.. target.Qdq.Select(node => new NodePlace(node, slugs.Unique(node.Tensor, "qdq-"), measured.GetValueOrDefault(node.Quantize), slugs.Unique(node.Tensor, "node-")))];
    }

    /// <summary>
    /// The measured ones: not finite, then by the SQNR of the quantizer alone, then without noise, then those of which only codes or nothing
    /// was seen. Equals keep their order.
    /// </summary>
    public static IEnumerable<NodePlace> WorstFirst(ImmutableArray<NodePlace> places) =>
        places.Where(p => p.Measured is not null).OrderBy(p => p.Rank).ThenBy(p => p.Measured!.Tensor.SqnrDb ?? 0);

    private int Rank => Measured!.Tensor switch
    {
        { NonFinite: > 0 } => 0,
        { SqnrDb: not null } => 1,
        _ when IsExact => 2,
        _ => 3,
    };
}
