using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Suites.Detection;

/// <summary>
/// A target's boxes beside the reference's. Final boxes match by class and overlap; a box without a match is looked up, by its raw candidate, among the other
/// side's candidates, and the stage that dropped it there is its reason.
/// </summary>
internal static class BoxComparison
{
    /// <summary>Boxes of one class that overlap (IoU) as much stand for the same thing: COCO's loosest threshold.</summary>
    public const double MatchIou = 0.5;

    /// <param name="least">Boxes that score below it are not final.</param>
    public static PredictionComparison Of(DetectionPrediction reference, DetectionPrediction target, float least, ImmutableArray<BoxCategory> categories)
    {
        var before = Side.Of(reference, least);
        var after = Side.Of(target, least);
        Match(before, after);
        var changes = ImmutableArray.CreateBuilder<ItemChange>();
        foreach (int i in before.Unmatched())
            changes.Add(Missing(ChangeKind.Lost, before, i, after, least, categories));
        foreach (int i in after.Unmatched())
            changes.Add(Missing(ChangeKind.Extra, after, i, before, least, categories));

        var counts = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        counts.Add("reference.final", before.Boxes.Length);
        counts.Add("target.final", after.Boxes.Length);
        counts.Add("matched", before.Boxes.Length - before.Unmatched().Count());
        Count(counts, "lost", changes.Where(c => c.Kind == ChangeKind.Lost));
        Count(counts, "extra", changes.Where(c => c.Kind == ChangeKind.Extra));
        StageComparison.Count(before.Trace, after.Trace, counts);
        return new PredictionComparison(changes.ToImmutable(), counts.ToImmutable());
    }

    private static void Count(ImmutableSortedDictionary<string, int>.Builder counts, string kind, IEnumerable<ItemChange> changes)
    {
        counts.Add(kind, changes.Count());
        foreach (var reason in changes.GroupBy(c => c.Reason))
            counts.Add($"{kind}.{reason.Key.ToString().ToLowerInvariant()}", reason.Count());
    }

    /// <summary>Each box with its own candidate first; what remains with the box that overlaps it most, by descending score.</summary>
    private static void Match(Side before, Side after)
    {
        var own = new Dictionary<(int, int), int>();
        for (int j = 0; j < after.Boxes.Length; j++)
            own.TryAdd((after.Boxes[j].Candidate, after.Boxes[j].Category), j);
        for (int i = 0; i < before.Boxes.Length; i++)
        {
            if (own.TryGetValue((before.Boxes[i].Candidate, before.Boxes[i].Category), out int j) && after.Matches[j] < 0 && BoxIou.Of(before.Boxes[i], after.Boxes[j]) >= MatchIou)
                (before.Matches[i], after.Matches[j]) = (j, i);
        }
        foreach (int i in before.Unmatched())
        {
            int best = -1;
            double most = MatchIou;
            for (int j = 0; j < after.Boxes.Length; j++)
            {
                if (after.Matches[j] >= 0 || after.Boxes[j].Category != before.Boxes[i].Category)
                    continue;
                double iou = BoxIou.Of(before.Boxes[i], after.Boxes[j]);
                if (best < 0 ? iou >= most : iou > most)
                    (best, most) = (j, iou);
            }
            if (best >= 0)
                (before.Matches[i], after.Matches[best]) = (best, i);
        }
    }

    /// <summary>Why <paramref name="other"/> does not have box <paramref name="i"/> of <paramref name="has"/>.</summary>
    private static ItemChange Missing(ChangeKind kind, Side has, int i, Side other, float least, ImmutableArray<BoxCategory> categories)
    {
        DetectedBox box = has.Boxes[i];
        int there = other.Trace.RowOf(box.Candidate);
        if (there < 0)
        {
            // Where every class of a box is a candidate, the same box may be there as another class.
            return other.IsUnmatchedElsewhere(box) ? Change(ChangeReason.Class, null, null, null) : Change(ChangeReason.Score, null, box.Score, null);
        }
        float score = other.Trace.Score(there);
        switch (other.Trace.FateOf(there))
        {
            case var _ when other.Trace.Category(there) != box.Category:
                return Change(ChangeReason.Class, null, null, null);
            case Fate.Kept when score < least:
                return other.IsUnmatchedElsewhere(box) ? Change(ChangeReason.Class, null, null, null) : Change(ChangeReason.Score, null, box.Score, score);
            case Fate.Kept:
                return Change(ChangeReason.Moved, null, null, has.Trace.Iou(has.Trace.RowOf(box.Candidate), other.Trace, there));
            case Fate.Suppressed:
                int by = other.Trace.Suppressor(there);
                int here = has.Trace.RowOf(box.Candidate), byHere = has.Trace.RowOf(other.Trace.Item(by));
                return Change(ChangeReason.Suppressed, other.Trace.Item(by), byHere < 0 ? null : has.Trace.Iou(here, has.Trace, byHere), other.Trace.Overlap(there));
            case Fate.ClassFull:
                return Change(ChangeReason.ClassFull, null, null, null);
            case var _ when other.Trace.CutAmongEquals(there):
                return Change(ChangeReason.Tie, null, null, other.Trace.Rank(there));
            case var fate:
                return Change(fate == Fate.TopKCut ? ChangeReason.TopK : ChangeReason.Limit, null, has.Trace.Rank(has.Trace.RowOf(box.Candidate)), other.Trace.Rank(there));
        }

        // Values come as here and there; the record speaks of before and after.
        ItemChange Change(ChangeReason reason, int? by, double? here, double? there) => kind == ChangeKind.Lost
            ? new ItemChange(kind, categories[box.Category].Name, box.Candidate, box.Score, reason, by, here, there)
            : new ItemChange(kind, categories[box.Category].Name, box.Candidate, box.Score, reason, by, there, here);
    }

    /// <param name="Matches">By box: the other side's box, or -1.</param>
    private sealed record Side(ImmutableArray<DetectedBox> Boxes, SelectionTrace Trace, int[] Matches)
    {
        public static Side Of(DetectionPrediction prediction, float least)
        {
            ImmutableArray<DetectedBox> final = [.. prediction.Boxes.Where(b => b.Score >= least)];
            var matches = new int[final.Length];
            Array.Fill(matches, -1);
            return new Side(final, (SelectionTrace)prediction.Explanation!, matches);
        }

        public IEnumerable<int> Unmatched() => Enumerable.Range(0, Matches.Length).Where(i => Matches[i] < 0);

        /// <summary>Whether a final box of another class, which stands for nothing else, lies where <paramref name="box"/> does.</summary>
        public bool IsUnmatchedElsewhere(DetectedBox box) =>
            Unmatched().Any(j => Boxes[j].Category != box.Category && BoxIou.Of(box, Boxes[j]) >= MatchIou);
    }
}
