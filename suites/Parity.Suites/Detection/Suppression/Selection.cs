using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Suites.Detection;

/// <summary>Candidates to boxes: TopK, NMS, limit, with a count for each fate and, when asked, the way of each candidate.</summary>
public static class Selection
{
    /// <param name="categoryOf">Category index of each model class.</param>
    public static DetectionPrediction Select(
        Candidates candidates, string sampleId, Placement placement, SelectionSettings settings, ImmutableArray<int> categoryOf, bool explain)
    {
        var others = settings is { CompareContracts: true, Suppression: not null } ? ContractComparison.Run(candidates, placement, settings) : [];
        bool inPicture = settings.Suppression?.InPicture ?? false;
        if (inPicture)
            candidates.Map(placement);
        var (order, looked, kept, suppressed, limit) = Choose(candidates, settings);
        if (!inPicture)
            candidates.Map(placement);
        var (width, height) = settings.Clip ? (placement.PictureWidth, placement.PictureHeight) : (float.PositiveInfinity, float.PositiveInfinity);
        float least = settings.Clip ? 0 : float.NegativeInfinity;

        var boxes = ImmutableArray.CreateBuilder<DetectedBox>(limit);
        for (int i = 0; i < limit; i++)
            boxes.Add(Box(candidates, kept[i], categoryOf, least, width, height));
        var counts = ImmutableSortedDictionary.CreateBuilder<string, int>(StringComparer.Ordinal);
        counts.Add("candidates", order.Length);
        counts.Add("topk.cut", order.Length - looked);
        counts.Add("nms.suppressed", suppressed.Count);
        counts.Add("limit.cut", kept.Count - limit);
        counts.Add("kept", limit);
        foreach (var (contract, rows) in others)
        {
            counts.Add($"contract.{contract}.lost", kept.Take(limit).Except(rows).Count());
            counts.Add($"contract.{contract}.extra", rows.Except(kept.Take(limit)).Count());
        }
        return new DetectionPrediction(sampleId, boxes.MoveToImmutable(), counts.ToImmutable())
        {
            Explanation = explain ? new SelectionTrace(candidates, order, looked, suppressed, kept, limit, categoryOf) : null,
        };
    }

    /// <summary>Rows by descending score, how many of them NMS looks at, what it keeps and drops, and how many of the kept ones remain.</summary>
    internal static (int[] Order, int Looked, List<int> Kept, List<SuppressedBox> Suppressed, int Limit) Choose(Candidates candidates, SelectionSettings settings)
    {
        int[] order = Order(candidates.Scores, settings.Suppression?.LastOfEqualsFirst ?? false);
        int looked = Math.Min(order.Length, settings.TopK ?? settings.Suppression?.TopK ?? order.Length);
        var kept = new List<int>();
        var suppressed = new List<SuppressedBox>();
        if (settings.Suppression is { } suppression)
            suppression.Suppress(candidates, order.AsSpan(0, looked), settings.Nms, kept, suppressed);
        else
            kept.AddRange(order.AsSpan(0, looked));
        return (order, looked, kept, suppressed, Math.Min(kept.Count, settings.MaxDetections ?? kept.Count));
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

    private static DetectedBox Box(Candidates c, int row, ImmutableArray<int> categoryOf, float least, float width, float height)
    {
        float left = Math.Clamp(c.Left[row], least, width), top = Math.Clamp(c.Top[row], least, height);
        return new DetectedBox(
            left, top, Math.Clamp(c.Right[row], least, width) - left, Math.Clamp(c.Bottom[row], least, height) - top,
            c.Scores[row], categoryOf[c.Classes[row]], c.Indices[row]);
    }
}
