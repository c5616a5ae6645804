using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>
/// Everything matched in one category, sorted by score: what a walk along the precision-recall curve needs, however samples are weighted.
/// </summary>
/// <remarks>
/// Along the curve only true positives matter: precision at them is tp / counted, where counted detections are those of the right size,
/// corrected by <i>events</i>: a hit of another size counts too, a detection matched to an ignored object does not. Events are few, and
/// the running count of detections of the right size is shared by all thresholds, so a walk costs far less than detections x thresholds.
/// </remarks>
internal sealed class CategoryMatches
{
    /// <summary>Kinds of event; an event is position &lt;&lt; 3 | <see cref="Tied"/> | kind.</summary>
    public const int HitInside = 0, HitOutside = 1, IgnoredInside = 2, KindMask = 3, Tied = 4, PositionShift = 3;

    private readonly CocoParameters _parameters;
    private readonly double[] _scores;
    private readonly int[] _samples;
    private readonly int[] _ranks;
    private readonly byte[] _inside;
    private readonly int[] _events;
    private readonly int[] _eventStarts;
    private readonly int[] _truthSamples;
    private readonly int[][] _truthCounts;

    /// <summary>Takes rows in the order of samples and, within a sample, of rank.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public CategoryMatches(CocoParameters parameters, MatchRows rows)
    {
        int count = rows.Count;
        _parameters = parameters;
        _truthSamples = [.. rows.TruthSamples];
        _truthCounts = [.. rows.TruthCounts.Select(c => c.ToArray())];
        var keys = new ulong[count];
        var order = new int[count];
        for (int i = 0; i < count; i++)
            (keys[i], order[i]) = (ScoreOrder.Key(rows.Scores[i]), i);
        ScoreOrder.Sort(keys, order);
        _scores = new double[count];
        _samples = new int[count];
        _ranks = new int[count];
        _inside = new byte[count];
        var touched = new List<int>();
        for (int i = 0; i < count; i++)
        {
            int from = order[i];
            (_scores[i], _samples[i], _ranks[i], _inside[i]) = (rows.Scores[from], rows.Samples[from], rows.Ranks[from], rows.Inside[from]);
            int any = 0;
            for (int a = 0; a < rows.Hits.Length; a++)
                any |= rows.Hits[a][from] | rows.Ignored[a][from];
            if (any != 0)
                touched.Add(i);
        }
        (_events, _eventStarts) = Events(order, touched, rows.Hits, rows.Ignored);
        Curves = new WeightedCurves(parameters, this);
        Recalls = new WeightedRecalls(parameters, this, _truthSamples, _truthCounts);
    }

    /// <summary>The same events laid out for walks of whole categories under many weights.</summary>
    public WeightedCurves Curves { get; }

    public WeightedRecalls Recalls { get; }

    public int Count => _scores.Length;

    public ReadOnlySpan<int> Samples => _samples;

    public ReadOnlySpan<byte> Inside => _inside;

    public int Rank(int position) => _ranks[position];

    public double Score(int position) => _scores[position];

    /// <summary>Running number of detections of the right size among the first <paramref name="maxDetections"/> of each sample.</summary>
    public void CountInside(int area, int maxDetections, Span<int> running)
    {
        int total = 0;
        for (int i = 0; i < Count; i++)
        {
            total += _ranks[i] < maxDetections ? (_inside[i] >> area) & 1 : 0;
            running[i] = total;
        }
    }

    /// <summary>The points of the curve at which recall rises, every sample once; under weights see <see cref="WeightedCurves"/>.</summary>
    /// <param name="running">From <see cref="CountInside"/> with the same area and limit.</param>
    /// <param name="points">Receives hits so far, precision and position.</param>
    /// <returns>Number of hits.</returns>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public int Walk(int area, int threshold, int maxDetections, ReadOnlySpan<int> running, CurvePoints points)
    {
        int hits = 0, corrected = 0;
        points.Clear();
        foreach (int e in EventsOf(area, threshold))
        {
            int position = e >> PositionShift, kind = e & KindMask;
            if (_ranks[position] >= maxDetections)
                continue;
            if (kind == IgnoredInside)
            {
                corrected--;
                continue;
            }
            hits++;
            corrected += kind == HitOutside ? 1 : 0;
            points.Add(hits, running[position] + corrected, position);
        }
        return hits;
    }

    /// <summary>The detections around one, itself among them, that have its sample and its score.</summary>
    public (int Start, int End) RunOf(int position)
    {
        int start = position, end = position + 1;
        while (start > 0 && SameRun(start - 1, position))
            start--;
        while (end < Count && SameRun(end, position))
            end++;
        return (start, end);
    }

    private bool SameRun(int a, int b) => _samples[a] == _samples[b] && _scores[a] == _scores[b];

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadOnlySpan<int> EventsOf(int area, int threshold)
    {
        int list = (area * _parameters.IouThresholds.Length) + threshold;
        return _events.AsSpan(_eventStarts[list].._eventStarts[list + 1]);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private (int[] Events, int[] Starts) Events(int[] order, List<int> touched, ushort[][] hits, ushort[][] ignored)
    {
        int thresholds = _parameters.IouThresholds.Length;
        var events = new List<int>();
        var starts = new int[(hits.Length * thresholds) + 1];
        for (int list = 0; list < starts.Length - 1; list++)
        {
            int area = list / thresholds, bit = 1 << (list % thresholds);
            foreach (int position in touched)
            {
                bool hit = (hits[area][order[position]] & bit) != 0;
                bool skip = (ignored[area][order[position]] & bit) != 0;
                bool inside = ((_inside[position] >> area) & 1) != 0;
                int kind = hit ? inside ? HitInside : HitOutside : IgnoredInside;
                if (hit || (skip && inside))
                    events.Add(position << PositionShift | (IsTied(position) ? Tied : 0) | kind);
            }
            starts[list + 1] = events.Count;
        }
        return ([.. events], starts);
    }

    private bool IsTied(int position) =>
        (position > 0 && SameRun(position, position - 1)) || (position + 1 < Count && SameRun(position, position + 1));
}
