using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Suites.Detection;

/// <summary>Candidates to boxes: TopK, NMS, limit, with a count for each fate and, when asked, a decision for each candidate.</summary>
/// <remarks>
/// Decisions: "topk" "cut" with the rank (from 0) as value; "nms" "suppressed" by the kept candidate at their IoU, or "nms" "cut" where the
/// class was full; "limit" "cut" with the rank; "limit" "kept" with the score.
/// </remarks>
public static class Selection
{
    /// <param name="categoryOf">Category index of each model class.</param>
    public static DetectionPrediction Select(
        Candidates candidates, string sampleId, Placement placement, SelectionSettings settings, ImmutableArray<int> categoryOf, bool explain)
    {
        bool inPicture = settings.Suppression?.InPicture ?? false;
        if (inPicture)
            candidates.Map(placement);
        int[] order = Order(candidates.Scores, settings.Suppression?.LastOfEqualsFirst ?? false);
        int looked = Math.Min(order.Length, settings.TopK ?? settings.Suppression?.TopK ?? order.Length);
        var kept = new List<int>();
        var suppressed = new List<SuppressedBox>();
        if (settings.Suppression is { } suppression)
            suppression.Suppress(candidates, order.AsSpan(0, looked), settings.Nms, kept, suppressed);
        else
            kept.AddRange(order.AsSpan(0, looked));
        int limit = Math.Min(kept.Count, settings.MaxDetections ?? kept.Count);
        if (!inPicture)
            candidates.Map(placement);
        if (settings.Clip)
            candidates.Clip(placement.PictureWidth, placement.PictureHeight);

        var boxes = ImmutableArray.CreateBuilder<DetectedBox>(limit);
        for (int i = 0; i < limit; i++)
            boxes.Add(Box(candidates, kept[i], categoryOf));
        var counts = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        counts.Add("candidates", order.Length);
        counts.Add("topk.cut", order.Length - looked);
        counts.Add("nms.suppressed", suppressed.Count);
        counts.Add("limit.cut", kept.Count - limit);
        counts.Add("kept", limit);
        ImmutableArray<Decision> decisions = explain ? Explain(candidates, order.AsSpan(looked), looked, suppressed, kept, limit) : [];
        return new DetectionPrediction(sampleId, boxes.MoveToImmutable(), counts.ToImmutable(), decisions);
    }

    /// <summary>Rows by descending score.</summary>
    private static int[] Order(ReadOnlySpan<float> scores, bool lastOfEqualsFirst)
    {
        var keys = new ulong[scores.Length];
        var order = new int[scores.Length];
        for (int i = 0; i < keys.Length; i++)
            (keys[i], order[i]) = (ScoreOrder.Key(scores[lastOfEqualsFirst ? keys.Length - 1 - i : i]), i);
        ScoreOrder.Sort(keys, order);
        if (lastOfEqualsFirst)
        {
            for (int i = 0; i < order.Length; i++)
                order[i] = order.Length - 1 - order[i];
        }
        return order;
    }

    private static DetectedBox Box(Candidates c, int row, ImmutableArray<int> categoryOf) => new(
        c.Left[row], c.Top[row], c.Right[row] - c.Left[row], c.Bottom[row] - c.Top[row], c.Scores[row], categoryOf[c.Classes[row]], c.Indices[row]);

    private static ImmutableArray<Decision> Explain(
        Candidates candidates, ReadOnlySpan<int> cut, int looked, List<SuppressedBox> suppressed, List<int> kept, int limit)
    {
        var decisions = ImmutableArray.CreateBuilder<Decision>(candidates.Count);
        for (int i = 0; i < kept.Count; i++)
        {
            int item = candidates.Indices[kept[i]];
            decisions.Add(i < limit ? new Decision("limit", item, "kept", null, candidates.Scores[kept[i]]) : new Decision("limit", item, "cut", null, i));
        }
        foreach (SuppressedBox box in suppressed)
        {
            int item = candidates.Indices[box.Item];
            decisions.Add(box.By < 0 ? new Decision("nms", item, "cut", null, null) : new Decision("nms", item, "suppressed", candidates.Indices[box.By], box.Iou));
        }
        for (int i = 0; i < cut.Length; i++)
            decisions.Add(new Decision("topk", candidates.Indices[cut[i]], "cut", null, looked + i));
        return decisions.MoveToImmutable();
    }
}
