using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>Where the pairs of a ready Q/DQ model are not what the target would have.</summary>
internal static class ReadyModelCheck
{
    public static IEnumerable<string> Differences(ImmutableArray<QdqRecord> pairs, QuantizationRules rules, string target)
    {
        foreach (var (kind, format) in new[] { ("activation", rules.Activations), ("weight", rules.Weights) })
        {
            var own = pairs.Where(p => p.Kind == kind).ToList();
            var checks = new (string What, Func<QdqRecord, bool> Differs)[]
            {
                ($"are not {format.Type}", p => p.Type != format.Type),
                ("have a zero point other than 0", p => format.Symmetry == Symmetry.Symmetric && p.ZeroPoints.Any(z => z != 0)),
                ("have scales per channel", p => format.Granularity == Granularity.PerTensor && p.Axis is not null),
            };
            foreach (var (what, differs) in checks)
                if (own.Count(differs) is > 0 and var count)
                    yield return $"{count} of {own.Count} {kind} pairs {what}, unlike {target}: first {own.First(differs).Tensor}";
        }
    }
}
