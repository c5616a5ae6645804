namespace Parity.Lowering;

/// <summary>The largest magnitude to both sides: Ingenic's MAX_ABS for signed features and the range behind Cambricon's positions.</summary>
internal sealed class AbsoluteMaximumObserver : IRangeObserver
{
    private readonly MinMaxObserver _extremes = new();

    public void Observe(ReadOnlySpan<float> values) => _extremes.Observe(values);

    /// <summary>Magik holds features that are never negative without a sign, so their range begins at 0.</summary>
    public ValueRange Range() => _extremes.Range() is var range && range.Min < 0 ? new ValueRange(-range.AbsoluteMaximum, range.AbsoluteMaximum) : range;
}
