using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>From columns to matched categories: puts detections and objects into cells (category, sample) and matches cell by cell.</summary>
internal static class CocoMatching
{
    /// <param name="threads">Most threads at work; the result does not depend on it.</param>
    public static CategoryMatches[] Match(
        int samples, int categories, CocoTruth truth, CocoDetections detections, IOverlap overlap, CocoParameters parameters, int threads)
    {
        var (dtOrder, dtStarts) = CellOrder(detections.Samples, detections.Categories, samples, categories);
        var (gtOrder, gtStarts) = CellOrder(truth.Samples, truth.Categories, samples, categories);
        var matches = new CategoryMatches[categories];
        // The largest first, so that no thread is left with a large one at the end.
        int[] bySize = [.. Enumerable.Range(0, categories).OrderByDescending(k => dtStarts[k + 1] - dtStarts[k])];
        int next = -1;
        void Work()
        {
            var matcher = new CategoryMatcher(truth, detections, overlap.Fork(), parameters);
            for (int i = Interlocked.Increment(ref next); i < bySize.Length; i = Interlocked.Increment(ref next))
            {
                int k = bySize[i];
                matches[k] = matcher.Match(dtOrder.AsSpan(dtStarts[k]..dtStarts[k + 1]), gtOrder.AsSpan(gtStarts[k]..gtStarts[k + 1]));
            }
        }
        Threads.Run(threads, Work);
        return matches;
    }

    /// <summary>Indices by category, then sample, then their own order; items of category -1 are left out, as COCO does.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (int[] Order, int[] Starts) CellOrder(int[] sampleOf, int[] categoryOf, int samples, int categories)
    {
        int[] bySample = new int[samples + 1];
        foreach (int sample in sampleOf)
            bySample[sample + 1]++;
        for (int s = 0; s < samples; s++)
            bySample[s + 1] += bySample[s];
        var first = new int[sampleOf.Length];
        for (int i = 0; i < sampleOf.Length; i++)
            first[bySample[sampleOf[i]]++] = i;
        var starts = new int[categories + 1];
        foreach (int category in categoryOf)
        {
            if (category >= 0)
                starts[category + 1]++;
        }
        for (int k = 0; k < categories; k++)
            starts[k + 1] += starts[k];
        var order = new int[starts[^1]];
        int[] next = starts[..^1];
        foreach (int i in first)
        {
            if (categoryOf[i] >= 0)
                order[next[categoryOf[i]]++] = i;
        }
        return (order, starts);
    }
}
