using Parity.Core;

namespace Parity.Engine.Comparing;

/// <summary>
/// The elements of a tensor as floats, a block at a time: float32 where it lies, codes and halves through one block that stays in the first-level cache, so that
/// codes cost a quarter of the memory traffic of the floats they stand for.
/// </summary>
internal readonly ref struct FloatBlocks
{
    private readonly ReadOnlySpan<float> _values;
    private readonly Tensor? _converted;
    private readonly Span<float> _block;

    public FloatBlocks(ReadOnlySpan<float> values)
    {
        _values = values;
        Length = values.Length;
    }

    /// <param name="tensor">One that <see cref="Tensor.HoldsReals"/>.</param>
    /// <param name="block">As long as the longest block asked for.</param>
    public FloatBlocks(Tensor tensor, Span<float> block)
    {
        Length = tensor.Count;
        if (tensor.Type == ElementType.Float32)
        {
            _values = tensor.Span<float>();
            return;
        }
        _converted = tensor;
        _block = block;
    }

    public int Length { get; }

    /// <summary>Valid until the next call.</summary>
    public ReadOnlySpan<float> At(int start, int count)
    {
        if (_converted is null)
            return _values.Slice(start, count);
        _converted.ReadReals(start, _block[..count]);
        return _block[..count];
    }
}
