using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>A binary mask as runs of pixels that are set, in COCO's order: column by column, each from top to bottom. Reused for the next.</summary>
internal sealed class Mask
{
    private int[] _starts = new int[64];
    private int[] _ends = new int[64];

    public int Runs { get; private set; }

    /// <summary>Pixels set.</summary>
    public long Area { get; private set; }

    public ReadOnlySpan<int> Starts => _starts.AsSpan(0, Runs);

    /// <summary>Exclusive.</summary>
    public ReadOnlySpan<int> Ends => _ends.AsSpan(0, Runs);

    public void Clear() => (Runs, Area) = (0, 0);

    public void CopyFrom(Mask other)
    {
        (Runs, Area) = (other.Runs, other.Area);
        (_starts, _ends) = (other._starts[..], other._ends[..]);
    }

    /// <summary>Adds pixels behind all others; touching runs become one.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(int start, int end)
    {
        if (end <= start)
            return;
        Area += end - start;
        if (Runs > 0 && _ends[Runs - 1] == start)
        {
            _ends[Runs - 1] = end;
            return;
        }
        if (Runs == _starts.Length)
        {
            Array.Resize(ref _starts, Runs * 2);
            Array.Resize(ref _ends, Runs * 2);
        }
        (_starts[Runs], _ends[Runs]) = (start, end);
        Runs++;
    }

    /// <summary>Alternating run lengths, the first of pixels not set, as in COCO's run-length encoding.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void SetCounts(ReadOnlySpan<int> counts)
    {
        Clear();
        int at = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            if ((i & 1) != 0)
                Add(at, at + counts[i]);
            at += counts[i];
        }
    }

    /// <summary>Pixels set in both.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static long Shared(Mask a, Mask b)
    {
        ReadOnlySpan<int> startsA = a.Starts, endsA = a.Ends, startsB = b.Starts, endsB = b.Ends;
        long shared = 0;
        for (int i = 0, j = 0; i < startsA.Length && j < startsB.Length;)
        {
            int endA = endsA[i], endB = endsB[j];
            int length = Math.Min(endA, endB) - Math.Max(startsA[i], startsB[j]);
            shared += Math.Max(0, length);
            i += endA <= endB ? 1 : 0;
            j += endB <= endA ? 1 : 0;
        }
        return shared;
    }

    /// <summary>Sets this to the pixels set in either.</summary>
    public void SetUnion(Mask a, Mask b)
    {
        Clear();
        int i = 0, j = 0, start = -1, end = -1;
        while (i < a.Runs || j < b.Runs)
        {
            bool fromA = j == b.Runs || (i < a.Runs && a._starts[i] <= b._starts[j]);
            (int nextStart, int nextEnd) = fromA ? (a._starts[i], a._ends[i++]) : (b._starts[j], b._ends[j++]);
            if (nextStart > end)
            {
                Add(start, end);
                start = nextStart;
                end = nextEnd;
            }
            end = Math.Max(end, nextEnd);
        }
        Add(start, end);
    }
}
