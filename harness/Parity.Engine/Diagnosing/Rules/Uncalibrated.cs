using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Scales that no calibration has set: the initial 1, or one number everywhere.</summary>
internal sealed class Uncalibrated : IRule
{
    private const double LeastUsed = 0.25, MostUsed = 4;
    private const int LeastEqual = 4;
    private const double LeastEqualShare = 0.8;

    public string Id => "uncalibrated";

    public string Title => "Scale left at its initial 1 or one value everywhere";

    /// <summary>The quantizers that have the scale of nearly all; null where scales differ.</summary>
    public static IGrouping<double, SeenQuantizer>? OfOneScale(ImmutableArray<SeenQuantizer> quantizers) =>
        quantizers.GroupBy(q => q.Pair.Scales[0]).MaxBy(g => g.Count()) is { } most && most.Count() >= LeastEqual && most.Count() >= LeastEqualShare * quantizers.Length ? most : null;

    public IEnumerable<Finding> Look(TargetCase target)
    {
        var quantizers = SeenQuantizer.Of(target);
        if (OfOneScale(quantizers) is { } most)
        {
            yield return target.Find(this, Certainty.Certain, null, null,
                FormattableString.Invariant($"{most.Count()} of {quantizers.Length} quantizers of activations have the same scale {most.Key:G6}"),
                [new("quantizers of one scale", (double)most.Count() / quantizers.Length, "fraction", LeastEqualShare)],
                "Calibrate before exporting: the observers have seen no data.", 1);
            yield break;
        }
        foreach (SeenQuantizer q in quantizers.Where(q => q.IsPerTensor && q.Pair.Scales[0] == 1 && (q.UsedShare < LeastUsed || q.UsedShare > MostUsed)))
        {
            yield return target.Find(this, Certainty.Certain, q.Blamed, q.Tensor,
                FormattableString.Invariant($"its scale is exactly 1, and the values from {q.Seen.Tensor.Min:G4} to {q.Seen.Tensor.Max:G4} do not ask for it"),
                [new("scale", 1, ""), new("range used", q.UsedShare, "fraction", LeastUsed)], "Calibrate this quantizer: its observer has seen no data.", q.Loss ?? 1, q.Wanted(target));
        }
        foreach (QdqRecord pair in target.Target.Qdq.Where(p => p.Kind == "weight" && p.Scales.All(s => s == 1)))
        {
            if (pair.Consumers is [var reader, ..] && target.Model.Graph.NodeNamed(reader) is { } node && WeightCodes.Of(target.Model.Graph, node) is { } codes
                && codes.LargestOfChannels.Max() is > 0 and <= 2)
            {
                yield return target.Find(this, Certainty.Certain, node, pair.Tensor, $"the scale of its weights is exactly 1, and all its codes are within {codes.LargestOfChannels.Max()} of zero",
                    [new("scale", 1, ""), new("largest code", codes.LargestOfChannels.Max(), "")], "Quantize the weights again by their own range.", 1, target.InFloat(node));
            }
        }
    }
}
