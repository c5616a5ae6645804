namespace Parity.Lowering;

/// <summary>Sees the values of one tensor, image after image, in memory that does not grow.</summary>
internal interface IRangeObserver
{
    /// <summary>Finite values only.</summary>
    void Observe(ReadOnlySpan<float> values);

    /// <summary>Of all values so far; (0, 0) when there were none.</summary>
    ValueRange Range();
}
