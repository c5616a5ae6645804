using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>Values beyond the range of their codes, and worse for it than rounding.</summary>
internal sealed class RangeClipped : IRule
{
    /// <summary>20 dB: as much as rounding a signal of normal values to 4 bits.</summary>
    private const double LeastLoss = 0.01;
    private const double OverRounding = 4;

    /// <summary>Where only codes are seen, the share with the outermost code. An end that stands for zero is where ReLU leaves its zeros.</summary>
    private const double LeastEndShare = 0.02;

    public string Id => "range-clipped";

    public string Title => "Range clipped";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        foreach (SeenQuantizer q in SeenQuantizer.Of(target))
        {
            QuantizationMeasures seen = q.Seen.Tensor;
            if (q.ClippingLoss is { } loss && loss >= LeastLoss && seen.ClippingMse >= OverRounding * seen.RoundingMse)
            {
                double share = (seen.ClippedLowShare ?? 0) + (seen.ClippedHighShare ?? 0);
                yield return target.Find(this, Certainty.Likely, q.Blamed, q.Tensor,
                    FormattableString.Invariant($"{share:P2} of the values lie outside of {q.Pair.Low:G4} to {q.Pair.High:G4} (seen: {seen.Min:G4} to {seen.Max:G4}), and cutting them costs {loss:P1} of the signal"),
                    [new("clipping NMSE", loss, "", LeastLoss), new("clipped", share, "fraction"), new("range used", q.UsedShare, "fraction", 1)],
                    "Calibrate with more or other images, or with min-max in place of a percentile; a value clamped on purpose wants its own clamp in the model.",
                    loss, q.Wanted(target));
            }
            else if (q.Seen.View == QuantizationView.Codes
                && ((q.Pair.Low < 0 ? seen.LowEndShare : 0) + (q.Pair.High > 0 ? seen.HighEndShare : 0)) is { } ends && ends >= LeastEndShare && seen.CodesUsed > 2)
            {
                yield return target.Find(this, Certainty.Hint, q.Blamed, q.Tensor,
                    FormattableString.Invariant($"{ends:P2} of the codes are the outermost one, as values beyond {q.Pair.Low:G4} to {q.Pair.High:G4} get it"),
                    [new("outermost codes", ends, "fraction", LeastEndShare)], "Look at the values before this quantizer, and calibrate its range again.", ends, q.Wanted(target));
            }
        }
    }
}
