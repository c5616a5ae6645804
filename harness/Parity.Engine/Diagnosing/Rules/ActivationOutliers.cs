using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>A few values set the range, and all others share a handful of codes.</summary>
internal sealed class ActivationOutliers : IRule
{
    /// <summary>Of the values, half on each side: what counts as few.</summary>
    private const double OutlierShare = 0.001;
    private const double LeastRatio = 24;
    private const double LeastCodes = 64;

    /// <summary>33 dB of the whole tensor: where outliers carry nearly all signal, this is small although the rest is lost.</summary>
    private const double LeastLoss = 5e-4;

    public string Id => "activation-outliers";

    public string Title => "Activation outliers";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        foreach (SeenQuantizer q in SeenQuantizer.Of(target))
        {
            // Scores are zero nearly everywhere and 1 where it matters: that is no outlier.
            if (!q.IsPerTensor || q.Maker is { } maker && (maker.Is("Sigmoid") || maker.Is("Softmax")) || q.Seen.Histogram is not { } histogram || q.Seen.Tensor is not { Min: { } min, Max: { } max })
                continue;
            double all = (max - min) / q.Pair.Scales[0], bulk = Bulk(histogram);
            if (all < LeastCodes || all < LeastRatio * bulk || q.Loss < LeastLoss)
                continue;
            yield return target.Find(this, Certainty.Likely, q.Blamed, q.Tensor,
                FormattableString.Invariant($"{1 - OutlierShare:P1} of the values lie within {Math.Max(1, bulk):0} codes, but values from {min:G4} to {max:G4} take up {all:0}"),
                [new("codes of all values over codes of most", all / Math.Max(bulk, histogram.BinWidth), "", LeastRatio), new("NMSE of the quantizer", q.Loss, "", LeastLoss)],
                "Calibrate by a percentile, clamp the activation in the model, or keep the layer in float.", q.Loss ?? 0, q.Wanted(target));
        }
    }

    /// <summary>Codes that hold all but the outermost values.</summary>
    private static double Bulk(CodeHistogram histogram)
    {
        long total = histogram.Counts.Sum() + histogram.Below + histogram.Above, tail = (long)(total * OutlierShare / 2);
        return Math.Max(0, Edge(histogram.Counts.Length - 1, -1, histogram.Above) - Edge(0, 1, histogram.Below) + 1) * histogram.BinWidth;

        int Edge(int from, int step, long passed)
        {
            int bin = from;
            for (; bin >= 0 && bin < histogram.Counts.Length && passed + histogram.Counts[bin] <= tail; bin += step)
                passed += histogram.Counts[bin];
            return bin;
        }
    }
}
