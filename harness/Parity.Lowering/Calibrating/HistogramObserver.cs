namespace Parity.Lowering;

/// <summary>
/// Percentile p by a histogram of magnitudes that widens by doubling. Definition: symmetric keeps |x| up to its order statistic ceil(p/100 n) (numpy's
/// <c>inverted_cdf</c>); two-sided cuts (100 - p)/2 percent from each tail, as ONNX Runtime's percentile calibrator does, so that p percent stay inside
/// either way. The result is the outer edge of the order statistic's bin, at most the true extreme: it errs outward by at most one bin, which
/// is 1/2048 of the largest magnitude.
/// </summary>
internal sealed class HistogramObserver(double percentile, bool symmetric) : IRangeObserver
{
    /// <summary>Bins from 0 to the limit, for each sign. The limit is a power of two less than twice the largest magnitude.</summary>
    public const int Bins = 4096;

    private readonly long[] _positive = new long[Bins];
    private readonly long[] _negative = new long[Bins];
    private double _limit;
    private long _zeros;
    private ValueRange? _range;

    public void Observe(ReadOnlySpan<float> values)
    {
        if (ValueRange.Of(values) is not { } range)
            return;
        _range = _range?.Union(range) ?? range;
        Widen(_range.Value.AbsoluteMaximum);
        if (_limit == 0)
        {
            _zeros += values.Length;
            return;
        }
        double binsPerUnit = Bins / _limit;
        foreach (float v in values)
        {
            if (v > 0)
                _positive[Math.Min((int)(v * binsPerUnit), Bins - 1)]++;
            else if (v < 0)
                _negative[Math.Min((int)(-v * binsPerUnit), Bins - 1)]++;
            else
                _zeros++;
        }
    }

    public ValueRange Range()
    {
        if (_range is not { } range)
            return new ValueRange(0, 0);
        long count = _zeros + _positive.Sum() + _negative.Sum();
        if (symmetric)
        {
            long rank = Rank(percentile / 100, count);
            float magnitude = (float)Math.Min(Magnitude(rank), range.AbsoluteMaximum);
            return new ValueRange(Math.Max(range.Min, -magnitude), Math.Min(range.Max, magnitude));
        }
        double tail = (1 - percentile / 100) / 2;
        return new ValueRange(
            (float)Math.Max(Signed(Rank(tail, count), outward: -1), range.Min),
            (float)Math.Min(Signed(Rank(1 - tail, count), outward: 1), range.Max));
    }

    /// <summary>1-based rank of the order statistic; the small slack takes back the rounding of percentile / 100.</summary>
    private static long Rank(double share, long count) => Math.Clamp((long)Math.Ceiling(share * count - 1e-9 * count), 1, count);

    /// <summary>Outer edge of the bin that holds the rank-th smallest magnitude.</summary>
    private double Magnitude(long rank)
    {
        long seen = _zeros;
        if (rank <= seen)
            return 0;
        int bin = 0;
        while ((seen += _positive[bin] + _negative[bin]) < rank)
            bin++;
        return (bin + 1) * (_limit / Bins);
    }

    /// <summary>Edge, lower or upper, of the bin that holds the rank-th smallest value.</summary>
    private double Signed(long rank, int outward)
    {
        double width = _limit / Bins;
        long seen = 0;
        for (int bin = Bins - 1; bin >= 0; bin--)
            if ((seen += _negative[bin]) >= rank)
                return -(outward < 0 ? bin + 1 : bin) * width;
        if ((seen += _zeros) >= rank)
            return 0;
        int i = 0;
        while ((seen += _positive[i]) < rank)
            i++;
        return (outward < 0 ? i : i + 1) * width;
    }

    private void Widen(double magnitude)
    {
        if (magnitude <= _limit || magnitude == 0)
            return;
        if (_limit == 0)
        {
            _limit = Math.ScaleB(1, Math.ILogB(magnitude));
            if (_limit < magnitude)
                _limit *= 2;
            return;
        }
        for (; _limit < magnitude; _limit *= 2)
        {
            Halve(_positive);
            Halve(_negative);
        }
    }

    private static void Halve(long[] counts)
    {
        for (int i = 0; i < Bins / 2; i++)
            counts[i] = counts[2 * i] + counts[2 * i + 1];
        Array.Clear(counts, Bins / 2, Bins / 2);
    }
}
