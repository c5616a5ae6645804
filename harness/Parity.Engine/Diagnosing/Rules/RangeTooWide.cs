using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Codes that stand for values which never come: bits thrown away.</summary>
internal sealed class RangeTooWide : IRule
{
    /// <summary>Two and a half bits of eight; a few probe images seldom reach as far as all of calibration.</summary>
    private const double LargestUsed = 0.17;

    /// <summary>40 dB: less is no loss that a network notices.</summary>
    private const double LeastLoss = 1e-4;

    public string Id => "range-too-wide";

    public string Title => "Range far too wide";

    public IEnumerable<Finding> Look(TargetCase target) => Activations(target).Concat(Weights(target));

    private IEnumerable<Finding> Activations(TargetCase target) =>
        from q in SeenQuantizer.Of(target)
        let used = q.UsedShare
        let loss = q.Loss
        where used < LargestUsed && (loss is null || loss >= LeastLoss)
        select target.Find(this, loss is null ? Certainty.Hint : Certainty.Likely, q.Blamed, q.Tensor,
            FormattableString.Invariant($"values from {q.Seen.Tensor.Min:G4} to {q.Seen.Tensor.Max:G4} were seen where codes reach from {q.Pair.Low:G4} to {q.Pair.High:G4}: {Math.Log2(1 / used.Value):0.0} bits are never used"),
            [new("range used", used, "fraction", LargestUsed), new("NMSE of the quantizer", loss, "", LeastLoss), new("codes used", q.Seen.Tensor.CodesUsed, "")],
            "Calibrate again with images like those evaluated; against single outliers use a percentile.", loss ?? 0, q.Wanted(target));

    /// <summary>Weights are known whole, so that no loss need be seen.</summary>
    private IEnumerable<Finding> Weights(TargetCase target)
    {
        Graph graph = target.Model.Graph;
        foreach (QdqRecord pair in target.Target.Qdq.Where(p => p.Kind == "weight" && p.Type is ElementType.Int8 or ElementType.UInt8))
        {
            if (pair.Consumers is not [var reader, ..] || graph.NodeNamed(reader) is not { } node || WeightCodes.Of(graph, node) is not { } codes)
                continue;
            long largest = codes.LargestOfChannels.Max();
            double? loss = target.ErrorOf(node) is { } error ? (error.WeightsOnly ?? error.Isolated).Nmse.Median : null;
            if (largest == 0 || largest >= LargestUsed * sbyte.MaxValue)
                continue;
            yield return target.Find(this, Certainty.Likely, node, pair.Tensor,
                FormattableString.Invariant($"the largest code of its weights is {largest} of {sbyte.MaxValue}: {Math.Log2((double)sbyte.MaxValue / largest):0.0} bits are never used")
                    + (loss is { } l ? FormattableString.Invariant($", and rounding the weights costs {l:P1} of the layer's signal") : ""),
                [new("largest code over all", (double)largest / sbyte.MaxValue, "fraction", LargestUsed), new("NMSE of the weights alone", loss, "")],
                "Quantize the weights again by their own range.", loss ?? 0, target.InFloat(node));
        }
    }
}
