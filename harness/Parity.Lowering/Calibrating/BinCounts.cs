using System.Numerics;
using System.Runtime.InteropServices;

namespace Parity.Lowering;

/// <summary>Counts of float values in bins of equal width, eight lanes at a time.</summary>
internal static class BinCounts
{
    /// <summary>
    /// Adds each value to bin floor((value - <paramref name="low"/>) x <paramref name="binsPerUnit"/>), computed in float32; values below the first bin go to the first,
    /// beyond the last to the last. The values are finite.
    /// </summary>
    /// <param name="magnitudes">Take |value|.</param>
    public static void Add(ReadOnlySpan<float> values, bool magnitudes, float low, float binsPerUnit, Span<long> counts)
    {
        int last = counts.Length - 1;
        var lowest = new Vector<float>(low);
        var factor = new Vector<float>(binsPerUnit);
        // Clamped as floats: a conversion of what does not fit int differs between processors.
        var limit = new Vector<float>(last);
        Span<int> bins = stackalloc int[Vector<int>.Count];
        var vectors = MemoryMarshal.Cast<float, Vector<float>>(values);
        foreach (var v in vectors)
        {
            var place = ((magnitudes ? Vector.Abs(v) : v) - lowest) * factor;
            // Truncation is floor for what is not negative.
            Vector.ConvertToInt32(Vector.Min(Vector.Max(place, Vector<float>.Zero), limit)).CopyTo(bins);
            foreach (int bin in bins)
                counts[bin]++;
        }
        foreach (float v in values[(vectors.Length * Vector<float>.Count)..])
            counts[(int)Math.Min(Math.Max(((magnitudes ? Math.Abs(v) : v) - low) * binsPerUnit, 0), last)]++;
    }
}
