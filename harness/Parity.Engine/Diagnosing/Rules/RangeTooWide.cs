using Parity.Core;

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

    public IEnumerable<Finding> Look(TargetCase target) =>
        from q in SeenQuantizer.Of(target)
        let used = q.UsedShare
        let loss = q.Loss
        where used < LargestUsed && (loss is null || loss >= LeastLoss)
        select target.Find(this, loss is null ? Certainty.Hint : Certainty.Likely, q.Blamed, q.Tensor,
            FormattableString.Invariant($"values from {q.Seen.Tensor.Min:G4} to {q.Seen.Tensor.Max:G4} were seen where codes reach from {q.Pair.Low:G4} to {q.Pair.High:G4}: {Math.Log2(1 / used.Value):0.0} bits are never used"),
            [new("range used", used, "fraction", LargestUsed), new("NMSE of the quantizer", loss, "", LeastLoss), new("codes used", q.Seen.Tensor.CodesUsed, "")],
            "Calibrate again with images like those evaluated; against single outliers use a percentile.", loss ?? 0, q.Wanted(target));
}
