using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

internal enum Fate : byte { Kept, TopKCut, Suppressed, ClassFull, LimitCut }

/// <summary>
/// The way of every candidate of one sample through TopK, NMS and limit. Rows stand in ascending order of <see cref="Candidates.Indices"/>. Boxes are in
/// picture pixels, before they are clipped where the suite clips.
/// </summary>
/// <remarks>
/// Decisions: "limit" "kept" with the score or "limit" "cut" with the rank (from 0); "nms" "suppressed" by the kept candidate at their IoU, or "nms" "cut" where
/// the class was full; "topk" "cut" with the rank.
/// </remarks>
public sealed class SelectionTrace : Explanation
{
    private readonly Candidates _candidates;
    private readonly ImmutableArray<int> _categoryOf;
    private readonly int[] _order;
    private readonly int _looked;
    private readonly Fate[] _fates;
    private readonly int[] _ranks;
    private readonly int[] _suppressors;
    private readonly float[] _overlaps;
    private readonly List<SuppressedBox> _suppressed;
    private readonly List<int> _kept;

    /// <param name="order">Rows by descending score; the first <paramref name="looked"/> went into NMS.</param>
    /// <param name="kept">By NMS; the first <paramref name="limit"/> are the prediction.</param>
    internal SelectionTrace(
        Candidates candidates, int[] order, int looked, List<SuppressedBox> suppressed, List<int> kept, int limit, ImmutableArray<int> categoryOf)
    {
        (_candidates, _order, _looked, _suppressed, _kept, _categoryOf) = (candidates, order, looked, suppressed, kept, categoryOf);
        _fates = new Fate[candidates.Count];
        _ranks = new int[candidates.Count];
        _suppressors = new int[candidates.Count];
        _overlaps = new float[candidates.Count];
        for (int rank = 0; rank < order.Length; rank++)
        {
            _ranks[order[rank]] = rank;
            if (rank >= looked)
                _fates[order[rank]] = Fate.TopKCut;
        }
        foreach (SuppressedBox box in suppressed)
        {
            _fates[box.Item] = box.By < 0 ? Fate.ClassFull : Fate.Suppressed;
            _suppressors[box.Item] = box.By;
            _overlaps[box.Item] = box.Iou;
        }
        for (int i = limit; i < kept.Count; i++)
            _fates[kept[i]] = Fate.LimitCut;
    }

    internal int Count => _candidates.Count;

    internal int Looked => _looked;

    /// <summary>Rows by descending score.</summary>
    internal ReadOnlySpan<int> Order => _order;

    internal int Item(int row) => _candidates.Indices[row];

    internal int Category(int row) => _categoryOf[_candidates.Classes[row]];

    internal float Score(int row) => _candidates.Scores[row];

    internal Fate FateOf(int row) => _fates[row];

    /// <summary>By descending score, among all candidates, from 0.</summary>
    internal int Rank(int row) => _ranks[row];

    /// <summary>Row of the box that suppressed it.</summary>
    internal int Suppressor(int row) => _suppressors[row];

    /// <summary>Overlap at which it was suppressed, as the contract computes it.</summary>
    internal float Overlap(int row) => _overlaps[row];

    /// <summary>Whether its score equals that of a candidate on the other side of the cut that dropped it.</summary>
    internal bool CutAmongEquals(int row) => FateOf(row) switch
    {
        Fate.TopKCut => _looked > 0 && Score(_order[_looked - 1]) == Score(row),
        Fate.LimitCut => Score(_kept.Last(k => _fates[k] == Fate.Kept)) == Score(row),
        _ => false,
    };

    /// <summary>The row of a raw candidate; -1 when its score did not make it a candidate.</summary>
    internal int RowOf(int item)
    {
        int row = _candidates.Indices.BinarySearch(item);
        return row < 0 ? -1 : row;
    }

    /// <summary>Intersection over union of a row's box and one of <paramref name="other"/>, 0 to 1; 0 of boxes without area.</summary>
    internal double Iou(int row, SelectionTrace other, int otherRow)
    {
        Candidates a = _candidates, b = other._candidates;
        double width = Math.Min((double)a.Right[row], b.Right[otherRow]) - Math.Max((double)a.Left[row], b.Left[otherRow]);
        double height = Math.Min((double)a.Bottom[row], b.Bottom[otherRow]) - Math.Max((double)a.Top[row], b.Top[otherRow]);
        if (!(width > 0 && height > 0))
            return 0;
        double shared = width * height;
        return shared / (Area(a, row) + Area(b, otherRow) - shared);
    }

    private static double Area(Candidates c, int row) => ((double)c.Right[row] - c.Left[row]) * ((double)c.Bottom[row] - c.Top[row]);

    public override ImmutableArray<Decision> Decisions()
    {
        var decisions = ImmutableArray.CreateBuilder<Decision>(Count);
        for (int i = 0; i < _kept.Count; i++)
        {
            int row = _kept[i];
            decisions.Add(_fates[row] == Fate.Kept ? new Decision("limit", Item(row), "kept", null, Score(row)) : new Decision("limit", Item(row), "cut", null, i));
        }
        foreach (SuppressedBox box in _suppressed)
            decisions.Add(box.By < 0 ? new Decision("nms", Item(box.Item), "cut", null, null) : new Decision("nms", Item(box.Item), "suppressed", Item(box.By), box.Iou));
        for (int rank = _looked; rank < _order.Length; rank++)
            decisions.Add(new Decision("topk", Item(_order[rank]), "cut", null, rank));
        return decisions.MoveToImmutable();
    }
}
