using System.Numerics;
using System.Runtime.InteropServices;

namespace Parity.Lowering;

/// <summary>Smallest and largest of finite values.</summary>
public readonly record struct ValueRange(float Min, float Max)
{
    public float AbsoluteMaximum => Math.Max(Math.Abs(Min), Math.Abs(Max));

    public ValueRange Union(ValueRange other) => new(Math.Min(Min, other.Min), Math.Max(Max, other.Max));

    /// <summary>What lies within ±<paramref name="magnitude"/>.</summary>
    public ValueRange Cut(float magnitude) => new(Math.Clamp(Min, -magnitude, magnitude), Math.Clamp(Max, -magnitude, magnitude));

    /// <summary>Null when the values are empty or one is NaN or infinite.</summary>
    public static ValueRange? Of(ReadOnlySpan<float> values)
    {
        if (values.IsEmpty)
            return null;
        float min = values[0], max = values[0];
        // x - x is NaN for NaN and infinities alone, and NaN survives a sum: one add checks a whole tensor.
        float poison = 0;
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        if (vectors.Length > 0)
        {
            Vector<float> low = vectors[0], high = vectors[0], bad = Vector<float>.Zero;
            foreach (var v in vectors)
            {
                low = Vector.Min(low, v);
                high = Vector.Max(high, v);
                bad += v - v;
            }
            for (int i = 0; i < Vector<float>.Count; i++)
            {
                min = Math.Min(min, low[i]);
                max = Math.Max(max, high[i]);
                poison += bad[i];
            }
        }
        foreach (float v in values[(vectors.Length * Vector<float>.Count)..])
        {
            min = Math.Min(min, v);
            max = Math.Max(max, v);
            poison += v - v;
        }
        return poison == 0 ? new ValueRange(min, max) : null;
    }
}
