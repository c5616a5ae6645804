using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Parity.Suites.Coco;

/// <summary>
/// The events of one category for each area range and IoU threshold, laid out so that a walk under any weights has no branches: a
/// resample costs one addition for each detection and one division for each event.
/// </summary>
/// <remarks>
/// Every event becomes a point of the curve, also one that is no hit or weighs nothing. Such a point has the recall of the hit before it
/// and no better precision, so the best precision at that recall or a higher one is the same.
/// </remarks>
internal sealed class WeightedCurves
{
    /// <summary>np.spacing(1): pycocotools adds it to the divisor.</summary>
    private const double Spacing = 2.220446049250313e-16;

    private readonly CocoParameters _parameters;
    private readonly CategoryMatches _matches;
    private readonly int[][] _inside;
    private readonly int[][] _eventSamples;
    private readonly int[][] _eventPlaces;
    private readonly TiedRun[][] _tiedRuns;

    public WeightedCurves(CocoParameters parameters, CategoryMatches matches)
    {
        (_parameters, _matches) = (parameters, matches);
        int areas = parameters.Areas.Length, thresholds = parameters.IouThresholds.Length;
        (_inside, _eventSamples, _eventPlaces, _tiedRuns) = (new int[areas][], new int[areas * thresholds][], new int[areas * thresholds][], new TiedRun[areas * thresholds][]);
        var insideBefore = new int[matches.Count + 1];
        for (int a = 0; a < areas; a++)
            Lay(a, insideBefore);
    }

    /// <summary>Most detections of one size up to the last event.</summary>
    public int MostInside => _inside.Max(i => i.Length);

    /// <summary>Running weight of the detections of a size: what a false positive adds to the divisor.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void CountInside(int area, ReadOnlySpan<int> weights, Span<int> running)
    {
        ReadOnlySpan<int> inside = _inside[area];
        ref int weight = ref MemoryMarshal.GetReference(weights);
        ref int to = ref MemoryMarshal.GetReference(running[..(inside.Length + 1)]);
        int total = 0;
        to = 0;
        for (int i = 0; i < inside.Length; i++)
        {
            total += Unsafe.Add(ref weight, inside[i]);
            Unsafe.Add(ref to, i + 1) = total;
        }
    }

    /// <summary>Sum over the recall thresholds of the best precision at this or a higher recall.</summary>
    /// <param name="least">The fewest hits that reach each recall threshold.</param>
    /// <param name="running">From <see cref="CountInside"/> with the same area and weights.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public double PrecisionSum(int area, int threshold, ReadOnlySpan<int> weights, ReadOnlySpan<int> least, ReadOnlySpan<int> running, WalkScratch scratch)
    {
        int list = (area * _parameters.IouThresholds.Length) + threshold;
        ReadOnlySpan<int> samples = _eventSamples[list], places = _eventPlaces[list];
        ReadOnlySpan<TiedRun> runs = _tiedRuns[list];
        int points = samples.Length;
        foreach (ref readonly TiedRun run in runs)
            points += run.Events * Math.Max(0, weights[samples[run.First]] - 1);
        scratch.Reserve(points);
        Span<int> hits = scratch.Hits.AsSpan(0, points);
        Span<double> precisions = scratch.Precisions.AsSpan(0, points);
        Span<double> counted = scratch.Counted.AsSpan(0, points);
        int hit = 0, corrected = 0, next = 0, at = 0;
        foreach (ref readonly TiedRun run in runs)
        {
            int weight = weights[samples[run.First]];
            if (weight <= 1)
                continue;
            int apart = run.First - next;
            WalkApart(samples.Slice(next, apart), places.Slice(next, apart), weights, running, hits[at..], precisions[at..], counted[at..], ref hit, ref corrected);
            next = run.First + run.Events;
            at += apart;
            for (int copy = 0; copy < weight; copy++)
            {
                int behind = running[run.Before] + (copy * run.InsidePerCopy) - run.Before;
                for (int i = run.First; i < next; i++, at++)
                {
                    int place = places[i], outside = place & 1, ignored = (place >> 1) & 1;
                    hit += 1 - ignored;
                    corrected += outside - ignored;
                    (hits[at], precisions[at], counted[at]) = (hit, hit, behind + (place >> 2) + corrected);
                }
            }
        }
        WalkApart(samples[next..], places[next..], weights, running, hits[at..], precisions[at..], counted[at..], ref hit, ref corrected);
        Divide(precisions, counted);
        return EnvelopeSum(hits, precisions, least);
    }

    /// <summary>Events whose copies stand next to each other, as if each were one of the sample's weight.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WalkApart(
        ReadOnlySpan<int> samples, ReadOnlySpan<int> places, ReadOnlySpan<int> weights, ReadOnlySpan<int> running, Span<int> hits, Span<double> precisions, Span<double> counted,
        ref int hitsBefore, ref int correctedBefore)
    {
        places = places[..samples.Length];
        hits = hits[..samples.Length];
        precisions = precisions[..samples.Length];
        counted = counted[..samples.Length];
        ref int weight = ref MemoryMarshal.GetReference(weights);
        ref int before = ref MemoryMarshal.GetReference(running);
        int hit = hitsBefore, corrected = correctedBefore;
        for (int i = 0; i < samples.Length; i++)
        {
            int w = Unsafe.Add(ref weight, samples[i]);
            int place = places[i];
            int outside = place & 1, ignored = (place >> 1) & 1;
            hit += w & (ignored - 1);
            corrected += w * (outside - ignored);
            hits[i] = hit;
            precisions[i] = hit;
            counted[i] = Unsafe.Add(ref before, place >> 2) + corrected;
        }
        (hitsBefore, correctedBefore) = (hit, corrected);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double EnvelopeSum(ReadOnlySpan<int> hits, ReadOnlySpan<double> precisions, ReadOnlySpan<int> least)
    {
        double sum = 0, best = 0;
        int point = hits.Length - 1;
        for (int r = least.Length - 1; r >= 0; r--)
        {
            int needed = least[r];
            for (; point >= 0 && hits[point] >= needed; point--)
                best = Math.Max(best, precisions[point]);
            sum += best;
        }
        return sum;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Divide(Span<double> hits, ReadOnlySpan<double> counted)
    {
        Span<Vector<double>> numerators = MemoryMarshal.Cast<double, Vector<double>>(hits);
        ReadOnlySpan<Vector<double>> divisors = MemoryMarshal.Cast<double, Vector<double>>(counted);
        var spacing = new Vector<double>(Spacing);
        for (int i = 0; i < numerators.Length; i++)
            numerators[i] /= divisors[i] + spacing;
        for (int i = numerators.Length * Vector<double>.Count; i < hits.Length; i++)
            hits[i] /= counted[i] + Spacing;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Lay(int area, int[] insideBefore)
    {
        int last = -1, thresholds = _parameters.IouThresholds.Length;
        for (int t = 0; t < thresholds; t++)
        {
            ReadOnlySpan<int> events = _matches.EventsOf(area, t);
            last = events.IsEmpty ? last : Math.Max(last, events[^1] >> CategoryMatches.PositionShift);
        }
        // Detections behind the last event are in no divisor.
        var inside = new List<int>(last + 1);
        for (int p = 0; p <= last; p++)
        {
            if (((_matches.Inside[p] >> area) & 1) != 0)
                inside.Add(_matches.Samples[p]);
            insideBefore[p + 1] = inside.Count;
        }
        _inside[area] = [.. inside];
        for (int t = 0; t < thresholds; t++)
        {
            int list = (area * thresholds) + t;
            ReadOnlySpan<int> events = _matches.EventsOf(area, t);
            var samples = _eventSamples[list] = new int[events.Length];
            var places = _eventPlaces[list] = new int[events.Length];
            var runs = new List<TiedRun>();
            int runEnd = 0;
            for (int i = 0; i < events.Length; i++)
            {
                int position = events[i] >> CategoryMatches.PositionShift;
                samples[i] = _matches.Samples[position];
                places[i] = insideBefore[position + 1] << 2 | events[i] & CategoryMatches.KindMask;
                if ((events[i] & CategoryMatches.Tied) == 0)
                    continue;
                if (position >= runEnd)
                {
                    (int start, runEnd) = _matches.RunOf(position);
                    int perCopy = 0;
                    for (int p = start; p < runEnd; p++)
                        perCopy += (_matches.Inside[p] >> area) & 1;
                    runs.Add(new TiedRun(i, 1, insideBefore[start], perCopy));
                }
                else
                {
                    runs[^1] = runs[^1] with { Events = runs[^1].Events + 1 };
                }
            }
            _tiedRuns[list] = [.. runs];
        }
    }

    /// <summary>
    /// Detections of one sample with one score. Copies of the sample follow each other as wholes (a b, a b), as a stable sort leaves them
    /// in a duplicated dataset, so a weight above 1 walks the run once for each copy.
    /// </summary>
    /// <param name="First">Its first event.</param>
    /// <param name="Events">Number of its events.</param>
    /// <param name="Before">Detections of the size before the run.</param>
    /// <param name="InsidePerCopy">Detections of the size in the run, events or not.</param>
    private readonly record struct TiedRun(int First, int Events, int Before, int InsidePerCopy);
}
