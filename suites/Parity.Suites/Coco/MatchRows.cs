using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>What matching one category yields, growing sample by sample: a row for each detection and one for each sample with objects.</summary>
internal sealed class MatchRows(CocoParameters parameters, int capacity)
{
    public int Count { get; private set; }

    public double[] Scores { get; } = new double[capacity];

    public int[] Samples { get; } = new int[capacity];

    /// <summary>Place of each detection in its sample and category, from 0.</summary>
    public int[] Ranks { get; } = new int[capacity];

    /// <summary>Bit a: the detection's own size is in area range a.</summary>
    public byte[] Inside { get; } = new byte[capacity];

    /// <summary>[a][detection], bit t; see <see cref="CellMatcher.Hits"/>.</summary>
    public ushort[][] Hits { get; } = [.. parameters.Areas.Select(_ => new ushort[capacity])];

    /// <summary>[a][detection], bit t.</summary>
    public ushort[][] Ignored { get; } = [.. parameters.Areas.Select(_ => new ushort[capacity])];

    /// <summary>Samples with objects.</summary>
    public List<int> TruthSamples { get; } = [];

    /// <summary>[a][i]: objects that count in TruthSamples[i].</summary>
    public List<int>[] TruthCounts { get; } = [.. parameters.Areas.Select(_ => new List<int>())];

    /// <summary>Rows of the same category behind each other, in the order of their samples; the only one itself.</summary>
    public static MatchRows Join(CocoParameters parameters, IReadOnlyList<MatchRows> parts)
    {
        if (parts.Count == 1)
            return parts[0];
        var all = new MatchRows(parameters, parts.Sum(p => p.Count));
        foreach (MatchRows part in parts)
        {
            Array.Copy(part.Scores, 0, all.Scores, all.Count, part.Count);
            Array.Copy(part.Samples, 0, all.Samples, all.Count, part.Count);
            Array.Copy(part.Ranks, 0, all.Ranks, all.Count, part.Count);
            Array.Copy(part.Inside, 0, all.Inside, all.Count, part.Count);
            all.TruthSamples.AddRange(part.TruthSamples);
            for (int a = 0; a < all.Hits.Length; a++)
            {
                Array.Copy(part.Hits[a], 0, all.Hits[a], all.Count, part.Count);
                Array.Copy(part.Ignored[a], 0, all.Ignored[a], all.Count, part.Count);
                all.TruthCounts[a].AddRange(part.TruthCounts[a]);
            }
            all.Count += part.Count;
        }
        return all;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Add(double score, int sample, int rank, double area)
    {
        int inside = 0;
        for (int a = 0; a < parameters.Areas.Length; a++)
            inside |= parameters.Areas[a].Contains(area) ? 1 << a : 0;
        (Scores[Count], Samples[Count], Ranks[Count], Inside[Count]) = (score, sample, rank, (byte)inside);
        Count++;
    }

    /// <summary>The matches of the last <paramref name="detections"/> rows.</summary>
    /// <param name="hits">[a, detection], bit t.</param>
    /// <param name="ignored">[a, detection], bit t.</param>
    /// <param name="counted">[a].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void AddMatches(int sample, int detections, ReadOnlySpan<ushort> hits, ReadOnlySpan<ushort> ignored, ReadOnlySpan<int> counted)
    {
        TruthSamples.Add(sample);
        for (int a = 0; a < counted.Length; a++)
        {
            hits.Slice(a * detections, detections).CopyTo(Hits[a].AsSpan(Count - detections));
            ignored.Slice(a * detections, detections).CopyTo(Ignored[a].AsSpan(Count - detections));
            TruthCounts[a].Add(counted[a]);
        }
    }
}
