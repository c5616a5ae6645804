using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>
/// Matches the detections of one category in one sample (a cell) for every area range and IoU threshold, as pycocotools' <c>evaluateImg</c>.
/// It knows overlaps only, not boxes. Holds scratch memory: one instance a thread.
/// </summary>
internal sealed class CellMatcher(CocoParameters parameters)
{
    private readonly double[] _thresholds = [.. parameters.IouThresholds.Select(t => Math.Min(t, 1 - 1e-10))];
    private int[] _truthOrder = [];
    private bool[] _ignored = [];
    private int[] _taken = [];
    private int[] _near = [];

    /// <summary>Overlaps below this match nothing.</summary>
    public double Least { get; } = parameters.IouThresholds.Min(t => Math.Min(t, 1 - 1e-10));

    /// <summary>Bit t of [a * detections + d]: detection d matches an object that counts.</summary>
    public ushort[] Hits { get; private set; } = [];

    /// <summary>Bit t of [a * detections + d]: detection d matches an object that does not count (crowd or of another size).</summary>
    public ushort[] Ignored { get; private set; } = [];

    /// <param name="detections">Number of detections, highest score first.</param>
    /// <param name="overlaps">IoU [detections, objects].</param>
    /// <param name="truth">The objects in the dataset's order.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Match(int detections, ReadOnlySpan<double> overlaps, ReadOnlySpan<CocoObject> truth)
    {
        Reserve(detections, truth.Length);
        int near = FindNear(detections, overlaps, truth.Length);
        int cells = detections * parameters.Areas.Length;
        Hits.AsSpan(0, cells).Clear();
        Ignored.AsSpan(0, cells).Clear();
        if (near == 0)
            return;
        for (int area = 0; area < parameters.Areas.Length; area++)
        {
            int counted = OrderTruth(parameters.Areas[area], truth);
            Span<ushort> hits = Hits.AsSpan(area * detections, detections);
            Span<ushort> ignored = Ignored.AsSpan(area * detections, detections);
            _taken.AsSpan(0, truth.Length).Clear();
            for (int n = 0; n < near; n++)
            {
                int detection = _near[n];
                ReadOnlySpan<double> row = overlaps.Slice(detection * truth.Length, truth.Length);
                for (int t = 0; t < _thresholds.Length; t++)
                {
                    int match = Best(row, _thresholds[t], 1 << t, counted, truth);
                    if (match < 0)
                        continue;
                    _taken[match] |= 1 << t;
                    if (_ignored[match])
                        ignored[detection] |= (ushort)(1 << t);
                    else if (truth[match].Id != 0)
                        hits[detection] |= (ushort)(1 << t);
                }
            }
        }
    }

    /// <summary>The free object of highest overlap, the last of equals; one that counts goes before any that does not.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Best(ReadOnlySpan<double> row, double threshold, int bit, int counted, ReadOnlySpan<CocoObject> truth)
    {
        int best = -1;
        for (int i = 0; i < truth.Length; i++)
        {
            if (i == counted && best >= 0)
                break;
            int candidate = _truthOrder[i];
            if (row[candidate] < threshold || ((_taken[candidate] & bit) != 0 && !truth[candidate].IsCrowd))
                continue;
            threshold = row[candidate];
            best = candidate;
        }
        return best;
    }

    /// <summary>Detections that reach the lowest threshold with any object: usually few, and only they can match.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int FindNear(int detections, ReadOnlySpan<double> overlaps, int objects)
    {
        int near = 0;
        for (int d = 0; d < detections; d++)
        {
            foreach (double overlap in overlaps.Slice(d * objects, objects))
            {
                if (overlap >= Least)
                {
                    _near[near++] = d;
                    break;
                }
            }
        }
        return near;
    }

    /// <summary>Objects that count first, else in the dataset's order; returns how many count.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int OrderTruth(AreaRange area, ReadOnlySpan<CocoObject> truth)
    {
        int counted = 0;
        for (int g = 0; g < truth.Length; g++)
        {
            _ignored[g] = truth[g].IsIgnored || !area.Contains(truth[g].Area);
            if (!_ignored[g])
                _truthOrder[counted++] = g;
        }
        int next = counted;
        for (int g = 0; g < truth.Length; g++)
        {
            if (_ignored[g])
                _truthOrder[next++] = g;
        }
        return counted;
    }

    private void Reserve(int detections, int objects)
    {
        int cells = detections * parameters.Areas.Length;
        if (Hits.Length < cells)
        {
            Hits = new ushort[cells * 2];
            Ignored = new ushort[cells * 2];
            _near = new int[cells * 2];
        }
        if (_truthOrder.Length < objects)
        {
            _truthOrder = new int[objects * 2];
            _ignored = new bool[objects * 2];
            _taken = new int[objects * 2];
        }
    }
}
