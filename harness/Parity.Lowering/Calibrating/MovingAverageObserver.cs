namespace Parity.Lowering;

/// <summary>
/// PyTorch's MovingAverageMinMaxObserver: the extremes of the first tensor, then moved towards those of each next one by <paramref name="constant"/> of the distance.
/// </summary>
/// <param name="constant">PyTorch's averaging_constant, above 0 up to 1.</param>
internal sealed class MovingAverageObserver(double constant) : IRangeObserver
{
    private readonly float _constant = (float)constant;
    private ValueRange? _range;

    public void Observe(ReadOnlySpan<float> values)
    {
        if (ValueRange.Of(values) is not { } seen)
            return;
        _range = _range is { } r ? new ValueRange(r.Min + _constant * (seen.Min - r.Min), r.Max + _constant * (seen.Max - r.Max)) : seen;
    }

    public ValueRange Range() => _range ?? new ValueRange(0, 0);
}
