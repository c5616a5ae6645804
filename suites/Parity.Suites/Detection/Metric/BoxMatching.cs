using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>From samples to matched categories: buckets boxes by category, matches cell by cell.</summary>
internal static class BoxMatching
{
    /// <param name="samples">In the order of the evaluation.</param>
    public static CategoryMatches[] Match(ImmutableArray<BoxCategory> categories, IReadOnlyList<BoxSample> samples, CocoParameters parameters)
    {
        var indexOf = new Dictionary<int, int>();
        for (int k = 0; k < categories.Length; k++)
            indexOf.Add(categories[k].Id, k);
        var (boxes, boxSamples, boxStarts) = Bucket(samples, s => s.Boxes, b => b.Category, categories.Length);
        var (labels, labelSamples, labelStarts) = Bucket(samples, s => s.Labels, l => indexOf.GetValueOrDefault(l.CategoryId, -1), categories.Length);
        var matcher = new CellMatcher(parameters);
        var matches = new CategoryMatches[categories.Length];
        for (int k = 0; k < matches.Length; k++)
        {
            matches[k] = MatchCategory(
                matcher, parameters, boxes.AsSpan(boxStarts[k]..boxStarts[k + 1]), boxSamples.AsSpan(boxStarts[k]..boxStarts[k + 1]),
                labels.AsSpan(labelStarts[k]..labelStarts[k + 1]), labelSamples.AsSpan(labelStarts[k]..labelStarts[k + 1]));
        }
        return matches;
    }

    private static CategoryMatches MatchCategory(
        CellMatcher matcher, CocoParameters parameters, ReadOnlySpan<ScoredBox> boxes, ReadOnlySpan<int> boxSamples, ReadOnlySpan<BoxLabel> labels, ReadOnlySpan<int> labelSamples)
    {
        int areas = parameters.Areas.Length, limit = parameters.MaxDetections[^1];
        var scores = new double[boxes.Length];
        var samples = new int[boxes.Length];
        var ranks = new int[boxes.Length];
        var inside = new byte[boxes.Length];
        ushort[][] hits = [.. Enumerable.Range(0, areas).Select(_ => new ushort[scores.Length])];
        ushort[][] ignored = [.. Enumerable.Range(0, areas).Select(_ => new ushort[scores.Length])];
        var truthSamples = new List<int>();
        List<int>[] truthCounts = [.. Enumerable.Range(0, areas).Select(_ => new List<int>())];
        ulong[] keys = [];
        int[] order = [];
        double[] overlaps = [];
        int count = 0;
        for (int b = 0, l = 0; b < boxes.Length || l < labels.Length;)
        {
            int sample = Math.Min(b < boxes.Length ? boxSamples[b] : int.MaxValue, l < labels.Length ? labelSamples[l] : int.MaxValue);
            ReadOnlySpan<ScoredBox> cellBoxes = boxes.Slice(b, Run(boxSamples[b..], sample));
            ReadOnlySpan<BoxLabel> cellLabels = labels.Slice(l, Run(labelSamples[l..], sample));
            (b, l) = (b + cellBoxes.Length, l + cellLabels.Length);
            if (keys.Length < cellBoxes.Length)
                (keys, order) = (new ulong[cellBoxes.Length * 2], new int[cellBoxes.Length * 2]);
            for (int i = 0; i < cellBoxes.Length; i++)
                keys[i] = ScoreOrder.Key(cellBoxes[i].Score);
            ScoreOrder.Sort(keys.AsSpan(0, cellBoxes.Length), order.AsSpan(0, cellBoxes.Length));
            int kept = Math.Min(cellBoxes.Length, limit);
            if (overlaps.Length < kept * cellLabels.Length)
                overlaps = new double[kept * cellLabels.Length * 2];
            for (int i = 0; i < kept; i++)
            {
                ref readonly ScoredBox box = ref cellBoxes[order[i]];
                for (int g = 0; g < cellLabels.Length; g++)
                    overlaps[(i * cellLabels.Length) + g] = BoxIou.Of(box, cellLabels[g]);
                (scores[count + i], samples[count + i], ranks[count + i]) = (box.Score, sample, i);
                double area = box.Width * box.Height;
                for (int a = 0; a < areas; a++)
                    inside[count + i] |= (byte)(parameters.Areas[a].Contains(area) ? 1 << a : 0);
            }
            if (cellLabels.Length > 0)
            {
                matcher.Match(kept, overlaps.AsSpan(0, kept * cellLabels.Length), cellLabels);
                truthSamples.Add(sample);
                for (int a = 0; a < areas; a++)
                {
                    matcher.Hits.AsSpan(a * kept, kept).CopyTo(hits[a].AsSpan(count));
                    matcher.Ignored.AsSpan(a * kept, kept).CopyTo(ignored[a].AsSpan(count));
                    int counted = 0;
                    foreach (ref readonly BoxLabel label in cellLabels)
                        counted += !label.IsCrowd && parameters.Areas[a].Contains(label.Area) ? 1 : 0;
                    truthCounts[a].Add(counted);
                }
            }
            count += kept;
        }
        return new CategoryMatches(
            parameters, scores.AsSpan(0, count), samples.AsSpan(0, count), ranks.AsSpan(0, count), inside.AsSpan(0, count),
            hits, ignored, [.. truthSamples], [.. truthCounts.Select(c => c.ToArray())]);
    }

    private static int Run(ReadOnlySpan<int> samples, int sample)
    {
        int length = 0;
        while (length < samples.Length && samples[length] == sample)
            length++;
        return length;
    }

    /// <summary>Items by category, each category in the order of samples; items of no category (index -1) are left out, as COCO does.</summary>
    private static (T[] Items, int[] Samples, int[] Starts) Bucket<T>(
        IReadOnlyList<BoxSample> samples, Func<BoxSample, IReadOnlyList<T>> itemsOf, Func<T, int> categoryOf, int categories)
    {
        var starts = new int[categories + 1];
        foreach (BoxSample sample in samples)
        {
            IReadOnlyList<T> list = itemsOf(sample);
            for (int i = 0; i < list.Count; i++)
            {
                int category = categoryOf(list[i]);
                if (category >= categories || category < -1)
                    throw new ArgumentException($"sample {sample.Id}: category index {category} of {categories}");
                if (category >= 0)
                    starts[category + 1]++;
            }
        }
        for (int k = 0; k < categories; k++)
            starts[k + 1] += starts[k];
        var items = new T[starts[^1]];
        var itemSamples = new int[items.Length];
        int[] next = starts[..^1];
        for (int s = 0; s < samples.Count; s++)
        {
            IReadOnlyList<T> list = itemsOf(samples[s]);
            for (int i = 0; i < list.Count; i++)
            {
                int category = categoryOf(list[i]);
                if (category < 0)
                    continue;
                itemSamples[next[category]] = s;
                items[next[category]++] = list[i];
            }
        }
        return (items, itemSamples, starts);
    }
}
