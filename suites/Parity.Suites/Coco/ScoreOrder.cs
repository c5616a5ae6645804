using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>Descending stable order of scores: numpy's <c>argsort(-scores, kind='mergesort')</c>.</summary>
internal static class ScoreOrder
{
    private const int SmallCell = 24;

    /// <summary>A key that ascends as the score descends; -0 and 0 are equal.</summary>
    public static ulong Key(double score)
    {
        ulong bits = BitConverter.DoubleToUInt64Bits(score + 0.0);
        return (bits >> 63) != 0 ? bits : ~(bits | 1UL << 63);
    }

    /// <summary>Sorts <paramref name="keys"/> with <paramref name="order"/>, which must ascend: among equal keys it ascends still.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Sort(Span<ulong> keys, Span<int> order)
    {
        if (keys.Length <= SmallCell)
        {
            Insert(keys, order);
            return;
        }
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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Insert(Span<ulong> keys, Span<int> order)
    {
        for (int i = 1; i < keys.Length; i++)
        {
            (ulong key, int item) = (keys[i], order[i]);
            int at = i - 1;
            for (; at >= 0 && keys[at] > key; at--)
                (keys[at + 1], order[at + 1]) = (keys[at], order[at]);
            (keys[at + 1], order[at + 1]) = (key, item);
        }
    }
}
