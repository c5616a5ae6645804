namespace Parity.Lowering;

/// <summary>
/// The histogram of |x| of NVIDIA's pytorch-quantization and ModelOpt (targets.md 2.A): 2048 bins over the first tensor, then more bins of the same width as larger
/// values come. Where those grow without bound, here neighbours are merged beyond <see cref="MostBins"/>, so that memory is bounded.
/// </summary>
internal sealed class MagnitudeHistogram
{
    public const int FirstBins = 2048;
    public const int MostBins = 8 * FirstBins;

    private long[] _counts = new long[FirstBins];
    private long _zeros;

    /// <summary>Of all values; null before the first.</summary>
    public ValueRange? Range { get; private set; }

    /// <summary>Width of a bin; 0 while there was nothing but zeros.</summary>
    public float Width { get; private set; }

    /// <summary>Values by bin [i Width, (i + 1) Width); the last holds its upper edge too.</summary>
    public ReadOnlySpan<long> Counts => _counts;

    public void Observe(ReadOnlySpan<float> values)
    {
        if (ValueRange.Of(values) is not { } range)
            return;
        Range = Range?.Union(range) ?? range;
        float magnitude = range.AbsoluteMaximum;
        // A width that is no normal float would make the index below infinite.
        if (Width == 0 && !float.IsNormal(magnitude / FirstBins))
        {
            _zeros += values.Length;
            return;
        }
        if (Width == 0)
        {
            Width = magnitude / FirstBins;
            _counts[0] = _zeros;
        }
        Grow(magnitude);
        BinCounts.Add(values, magnitudes: true, 0, 1 / Width, _counts);
    }

    private void Grow(float magnitude)
    {
        while (magnitude > (double)Width * MostBins)
            Merge();
        // The first tensor's largest value is the upper edge of its last bin, which rounding of the width may just miss.
        int wanted = (int)Math.Ceiling(magnitude / (double)Width * (1 - 1e-6));
        if (wanted > _counts.Length)
            Array.Resize(ref _counts, wanted);
    }

    private void Merge()
    {
        var halved = new long[Math.Max(FirstBins, (_counts.Length + 1) / 2)];
        for (int i = 0; i < _counts.Length; i++)
            halved[i / 2] += _counts[i];
        _counts = halved;
        Width *= 2;
    }
}
