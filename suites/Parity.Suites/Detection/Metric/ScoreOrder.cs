namespace Parity.Suites.Detection;

/// <summary>Descending stable order of scores: numpy's <c>argsort(-scores, kind='mergesort')</c>.</summary>
internal static class ScoreOrder
{
    /// <summary>A key that ascends as the score descends; -0 and 0 are equal.</summary>
    public static ulong Key(double score)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(score + 0.0);
        return (bits >> 63) != 0 ? bits : ~(bits | 1UL << 63);
    }

    /// <summary>Sorts <paramref name="keys"/> and fills <paramref name="order"/> with where each came from.</summary>
    public static void Sort(Span<ulong> keys, Span<int> order)
    {
        for (int i = 0; i < order.Length; i++)
            order[i] = i;
        keys.Sort(order);
        // The library's sort is not stable: put runs of equal keys back into their first order.
        for (int start = 0; start < keys.Length;)
        {
            int end = start + 1;
            while (end < keys.Length && keys[end] == keys[start])
                end++;
            if (end - start > 1)
                order[start..end].Sort();
            start = end;
        }
    }
}
