namespace Parity.Lowering;

/// <summary>
/// NVIDIA's public KL calibration (pytorch-quantization, ModelOpt; targets.md 2.A), which is not claimed to be TensorRT's own: among ranges that end at a bin's edge from
/// bin 128 on, the one whose histogram, outliers added to the last kept bin, is nearest in Kullback-Leibler divergence to itself merged into the
/// positive codes; the widest of equal ones. Signed ranges are cut at the same magnitude on both sides.
/// </summary>
/// <param name="format">Of at most eleven bits, so that codes are fewer than bins.</param>
internal sealed class EntropyObserver(NumberFormat format) : IRangeObserver
{
    /// <summary>The first candidate keeps so many bins.</summary>
    public const int StartBin = 128;

    private readonly MagnitudeHistogram _histogram = new();

    public void Observe(ReadOnlySpan<float> values) => _histogram.Observe(values);

    public ValueRange Range() => _histogram.Range is { } range
        ? _histogram.Width == 0 ? range : range.Cut(BestBins(_histogram.Counts, Codes(range)) * _histogram.Width)
        : new ValueRange(0, 0);

    /// <summary>Codes for magnitudes: 128 of eight bits; all of them where nothing is negative and the format spends none on negative values.</summary>
    private int Codes(ValueRange range) => format.For(range) is var chosen && range.Min >= 0 && (chosen.Symmetry != Symmetry.Symmetric || chosen.CodeLow == 0)
        ? chosen.CodeHigh - chosen.CodeLow + 1
        : (chosen.CodeHigh - chosen.CodeLow + 2) / 2;

    /// <summary>How many bins the best range keeps. Prefix sums make a candidate cost as many steps as there are codes; the values are those of the definition.</summary>
    internal static int BestBins(ReadOnlySpan<long> counts, int codes)
    {
        var bins = counts.ToArray();
        // Zeros (and what is near) would rule the divergence: the second bin stands for the first.
        bins[0] = bins[1];
        var sums = new double[bins.Length + 1];
        var logs = new double[bins.Length + 1];
        var filled = new int[bins.Length + 1];
        for (int i = 0; i < bins.Length; i++)
        {
            sums[i + 1] = sums[i] + bins[i];
            logs[i + 1] = logs[i] + XLogX(bins[i]);
            filled[i + 1] = filled[i] + (bins[i] > 0 ? 1 : 0);
        }
        double total = sums[^1], best = double.PositiveInfinity;
        int bestBins = bins.Length;
        for (int kept = StartBin; kept <= bins.Length; kept++)
        {
            double divergence = Divergence(kept);
            // The last of equal ones; an infinite one never wins over nothing better than itself but the widest.
            if (divergence <= best)
                (best, bestBins) = (divergence, kept);
        }
        return bestBins;

        // sum P log(P / Q) with P = p / total, Q = q / inside: p the kept bins, the last one with the outliers, q those bins without, spread evenly over the filled bins of a code.
        double Divergence(int kept)
        {
            double inside = sums[kept], outliers = total - inside;
            if (inside == 0 || (outliers > 0 && bins[kept - 1] == 0))
                return double.PositiveInfinity;
            double own = logs[kept] - XLogX(bins[kept - 1]) + XLogX(bins[kept - 1] + outliers);
            double other = 0;
            for (int code = 0, from = 0; code < codes; code++)
            {
                int to = (int)(((long)(code + 1) * kept + codes - 1) / codes);
                int full = filled[to] - filled[from];
                if (full > 0)
                {
                    double spread = sums[to] - sums[from];
                    other += (to == kept ? spread + outliers : spread) * Math.Log(spread / full);
                }
                from = to;
            }
            return (own - other) / total - Math.Log(total) + Math.Log(inside);
        }
    }

    private static double XLogX(double x) => x == 0 ? 0 : x * Math.Log(x);
}
