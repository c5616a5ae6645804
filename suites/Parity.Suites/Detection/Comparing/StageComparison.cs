using System.Collections.Immutable;

namespace Parity.Suites.Detection;

/// <summary>
/// What each stage made differently of the same raw candidates. Equal scores are a class: an item that falls on the other side of a cut among equals is no mismatch.
/// </summary>
internal static class StageComparison
{
    /// <summary>
    /// Adds "stage.candidates.*", "stage.topk.*" (sets of what goes into NMS), "stage.order.flipped" (neighbours in the reference's order, of unlike scores, that
    /// the target puts the other way round) and "stage.nms.*" (of items that went into both).
    /// </summary>
    public static void Count(SelectionTrace reference, SelectionTrace target, ImmutableSortedDictionary<string, int>.Builder counts)
    {
        int common = 0, topKReference = 0, topKTarget = 0, keptBoth = 0, keptReference = 0, keptTarget = 0, otherSuppressor = 0;
        for (int row = 0; row < reference.Count; row++)
        {
            int there = target.RowOf(reference.Item(row));
            if (there < 0 || target.Category(there) != reference.Category(row))
                continue;
            common++;
            bool cutHere = reference.FateOf(row) == Fate.TopKCut, cutThere = target.FateOf(there) == Fate.TopKCut;
            if (!cutHere && cutThere && !target.CutAmongEquals(there))
                topKReference++;
            if (cutHere && !cutThere && !reference.CutAmongEquals(row))
                topKTarget++;
            if (cutHere || cutThere)
                continue;
            bool keptHere = IsKept(reference.FateOf(row)), keptThere = IsKept(target.FateOf(there));
            if (keptHere && keptThere)
                keptBoth++;
            else if (keptHere)
                keptReference++;
            else if (keptThere)
                keptTarget++;
            else if (Suppressor(reference, row) != Suppressor(target, there))
                otherSuppressor++;
        }
        counts.Add("stage.candidates.common", common);
        counts.Add("stage.candidates.only-reference", reference.Count - common);
        counts.Add("stage.candidates.only-target", target.Count - common);
        counts.Add("stage.topk.only-reference", topKReference);
        counts.Add("stage.topk.only-target", topKTarget);
        counts.Add("stage.order.flipped", Flipped(reference, target));
        counts.Add("stage.nms.kept-common", keptBoth);
        counts.Add("stage.nms.kept-only-reference", keptReference);
        counts.Add("stage.nms.kept-only-target", keptTarget);
        counts.Add("stage.nms.other-suppressor", otherSuppressor);
    }

    private static bool IsKept(Fate fate) => fate is Fate.Kept or Fate.LimitCut;

    /// <summary>Raw candidate that suppressed the row; -1 where the class was full.</summary>
    private static int Suppressor(SelectionTrace trace, int row) => trace.FateOf(row) == Fate.Suppressed ? trace.Item(trace.Suppressor(row)) : -1;

    private static int Flipped(SelectionTrace reference, SelectionTrace target)
    {
        int flipped = 0, last = -1, lastThere = -1;
        foreach (int row in reference.Order[..reference.Looked])
        {
            int there = target.RowOf(reference.Item(row));
            if (there < 0 || target.FateOf(there) == Fate.TopKCut || target.Category(there) != reference.Category(row))
                continue;
            if (last >= 0 && reference.Score(last) > reference.Score(row) && target.Score(lastThere) < target.Score(there))
                flipped++;
            (last, lastThere) = (row, there);
        }
        return flipped;
    }
}
