namespace Parity.Lowering;

/// <summary>
/// PyTorch's HistogramObserver: 2048 bins between the extremes, widened by interpolation on a grid 128 times finer, and a search that drops tails while the expected squared
/// rounding error falls. PyTorch 1.13 cuts the extremes to whole numbers when it counts (its <c>int(min_val)</c>), which later versions mended; here they are kept.
/// </summary>
/// <param name="codes">Codes between the extremes, 256 for eight bits.</param>
internal sealed class SearchedHistogramObserver(int codes) : IRangeObserver
{
    public const int Bins = 2048;
    public const int UpsampleRate = 128;

    private readonly long[] _image = new long[Bins];
    private readonly double[] _sums = new double[Bins + 1];
    private double[] _counts = new double[Bins];
    private double[] _next = new double[Bins];
    private float _min;
    private float _max;
    private bool _empty = true;

    public void Observe(ReadOnlySpan<float> values)
    {
        if (ValueRange.Of(values) is not { } range)
            return;
        if (_empty || _min == _max)
        {
            (_min, _max, _empty) = (range.Min, range.Max, false);
            Count(values, _min, _max, _counts);
            return;
        }
        float low = Math.Min(range.Min, _min), high = Math.Max(range.Max, _max);
        float fine = (_max - _min) / (Bins * UpsampleRate);
        int coarse = (int)MathF.Ceiling((high - low) / (Bins * fine));
        // Only the upper end is moved to the common grid, so that one-sided values keep their 0.
        high += coarse * (Bins * fine) - (high - low);
        Count(values, low, high, _next);
        if (low == _min && high == _max)
            for (int i = 0; i < Bins; i++)
                _next[i] += _counts[i];
        else
            AddWidened(_next, (long)MathF.Round((_min - low) / fine, MidpointRounding.ToEven), coarse);
        (_counts, _next, _min, _max) = (_next, _counts, low, high);
    }

    public ValueRange Range()
    {
        if (_empty || _min == _max)
            return new ValueRange(_min, _max);
        var (first, last) = Search();
        float width = (_max - _min) / Bins;
        return new ValueRange(_min + width * first, _min + width * (last + 1));
    }

    private void Count(ReadOnlySpan<float> values, float low, float high, double[] counts)
    {
        Array.Clear(_image);
        float perUnit = Bins / (high - low);
        // All equal, or too close for a float: torch.histc then takes one bin around them.
        if (float.IsFinite(perUnit))
            BinCounts.Add(values, magnitudes: false, low, perUnit, _image);
        else
            _image[Bins / 2] = values.Length;
        for (int i = 0; i < Bins; i++)
            counts[i] = _image[i];
    }

    /// <summary>Adds the old counts, each bin spread evenly over <see cref="UpsampleRate"/> fine ones that begin at <paramref name="start"/>, <paramref name="coarse"/> fine ones to a new bin.</summary>
    private void AddWidened(double[] counts, long start, int coarse)
    {
        for (int i = 0; i < Bins; i++)
            _sums[i + 1] = _sums[i] + _counts[i];
        double before = 0;
        for (int i = 0; i < Bins; i++)
        {
            double until = Below((long)(i + 1) * coarse - start);
            counts[i] += until - before;
            before = until;
        }

        double Below(long fine)
        {
            long place = Math.Clamp(fine, 0, (long)Bins * UpsampleRate);
            int bin = (int)(place / UpsampleRate);
            return _sums[bin] + (bin == Bins ? 0 : _counts[bin] * (place % UpsampleRate) / UpsampleRate);
        }
    }

    /// <summary>Bins kept, both included.</summary>
    private (int First, int Last) Search()
    {
        const double step = 1e-5;
        var cumulative = new double[Bins];
        double total = 0;
        for (int i = 0; i < Bins; i++)
            cumulative[i] = total += _counts[i];
        double alpha = 0, beta = 1, least = double.PositiveInfinity;
        int first = 0, last = Bins - 1;
        while (alpha < beta)
        {
            double nextAlpha = alpha + step, nextBeta = beta - step;
            int left = first, right = last;
            while (left < last && cumulative[left] < nextAlpha * total)
                left++;
            while (right > first && cumulative[right] > nextBeta * total)
                right--;
            int nextFirst = first, nextLast = last;
            if (left - first > last - right)
                (nextFirst, alpha) = (left, nextAlpha);
            else
                (nextLast, beta) = (right, nextBeta);
            if (nextFirst == first && nextLast == last)
                continue;
            double error = Error(nextFirst, nextLast);
            if (error > least)
                break;
            (least, first, last) = (error, nextFirst, nextLast);
        }
        return (first, last);
    }

    /// <summary>Squared error of values spread evenly within their bins, rounded to the centres of as many steps as there are codes; unit: counts times squared bin widths.</summary>
    private double Error(int first, int last)
    {
        double step = (last - first + 1) / (double)codes, inner = Cube(step / 2) * 2 / 3, sum = 0;
        for (int bin = 0; bin < Bins; bin++)
        {
            double begin = bin - first, end = begin + 1;
            double beginCode = Math.Clamp(Math.Floor(begin / step), 0, codes - 1), endCode = Math.Clamp(Math.Floor(end / step), 0, codes - 1);
            double fromBegin = begin - (beginCode + 0.5) * step, toEnd = end - (endCode + 0.5) * step;
            sum += _counts[bin] * ((Cube(step / 2) - Cube(fromBegin)) / 3 + (endCode - beginCode - 1) * inner + (Cube(toEnd) + Cube(step / 2)) / 3);
        }
        return sum;
    }

    private static double Cube(double x) => x * x * x;
}
