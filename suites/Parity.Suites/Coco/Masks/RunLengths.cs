using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>
/// COCO's compressed run lengths: six bits a character from '0' on, five of value and one for "more", each count from the third on as
/// the difference to the one before the last. Reused for the next; one instance a thread.
/// </summary>
internal sealed class RunLengths
{
    private int[] _counts = new int[256];
    private int _length;

    public ReadOnlySpan<int> Counts => _counts.AsSpan(0, _length);

    /// <summary>Pixels in all runs, and in those that are set.</summary>
    public long Total { get; private set; }

    public long Set { get; private set; }

    /// <summary>First pixel set and the place behind the last.</summary>
    public (long First, long End) Span => _length < 2 ? (0, 0) : (_counts[0], (_length & 1) == 0 ? Total : Total - _counts[_length - 1]);

    /// <summary>Takes counts as they are.</summary>
    public void Assign(ReadOnlySpan<int> counts)
    {
        if (_counts.Length < counts.Length)
            _counts = new int[counts.Length * 2];
        counts.CopyTo(_counts);
        _length = counts.Length;
        (Total, Set) = (0, 0);
        for (int i = 0; i < counts.Length; i++)
            (Total, Set) = (Total + counts[i], Set + ((i & 1) * counts[i]));
    }

    /// <param name="text">As in the file: a backslash stands there twice.</param>
    /// <returns>What is wrong with it; null when nothing is.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public string? Decode(ReadOnlySpan<byte> text)
    {
        if (_counts.Length < text.Length)
            _counts = new int[text.Length * 2];
        Span<int> counts = _counts;
        int length = 0;
        long total = 0, set = 0;
        long last = 0, beforeLast = 0;
        for (int at = 0; at < text.Length;)
        {
            long value = 0;
            int shift = 0;
            uint bits;
            do
            {
                if (at >= text.Length)
                    return "counts end in the middle of a number";
                byte c = text[at++];
                if (c == (byte)'\\')
                {
                    if (at >= text.Length || text[at++] != (byte)'\\')
                        return "counts have an escape other than \\\\";
                }
                bits = (uint)(c - '0');
                if (bits > 63 || shift > 30)
                    return "counts have a character or number that COCO's run lengths do not have";
                value |= (long)(bits & 31) << shift;
                shift += 5;
            }
            while ((bits & 32) != 0);
            if ((bits & 16) != 0)
                value |= -1L << shift;
            if (length > 2)
                value += beforeLast;
            if ((ulong)value > int.MaxValue)
                return "counts have a run of less than 0 pixels";
            counts[length] = (int)value;
            total += value;
            set += value & -(length & 1);
            (beforeLast, last) = (last, value);
            length++;
        }
        (_length, Total, Set) = (length, total, set);
        return null;
    }

    /// <summary>The text that <see cref="Decode"/> reads, with each backslash once, as pycocotools' <c>rleToString</c>.</summary>
    public static string Encode(ReadOnlySpan<int> counts)
    {
        var text = new System.Text.StringBuilder();
        for (int i = 0; i < counts.Length; i++)
        {
            int value = i > 2 ? counts[i] - counts[i - 2] : counts[i];
            bool more = true;
            while (more)
            {
                int bits = value & 31;
                value >>= 5;
                more = (bits & 16) != 0 ? value != -1 : value != 0;
                text.Append((char)('0' + (more ? bits | 32 : bits)));
            }
        }
        return text.ToString();
    }
}
