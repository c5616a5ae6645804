namespace Parity.Lowering;

/// <summary>The smallest and the largest value.</summary>
internal sealed class MinMaxObserver : IRangeObserver
{
    private ValueRange? _range;

    public void Observe(ReadOnlySpan<float> values)
    {
        if (ValueRange.Of(values) is { } range)
            _range = _range?.Union(range) ?? range;
    }

    public ValueRange Range() => _range ?? new ValueRange(0, 0);
}
