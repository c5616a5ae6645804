using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>From columns to matched categories: puts detections and objects into cells (category, sample) and matches cell by cell.</summary>
internal static class CocoMatching
{
    private const int PiecesPerThread = 8, SmallPiece = 512;

    /// <param name="threads">Most threads at work; the result does not depend on it.</param>
    public static CategoryMatches[] Match(
        int samples, int categories, CocoTruth truth, CocoDetections detections, IOverlap overlap, CocoParameters parameters, int threads)
    {
        var (dtOrder, dtStarts) = CellOrder(detections.Samples, detections.Categories, samples, categories);
        var (gtOrder, gtStarts) = CellOrder(truth.Samples, truth.Categories, samples, categories);
        Piece[][] pieces = [.. Enumerable.Range(0, categories).Select(k => Pieces(k, threads))];
        var rows = pieces.Select(p => new MatchRows[p.Length]).ToArray();
        int[] unfinished = [.. pieces.Select(p => p.Length)];
        var matches = new CategoryMatches[categories];
        // The largest first, so that no thread is left with a large one at the end.
        Piece[] bySize = [.. pieces.SelectMany(p => p).OrderByDescending(p => p.Found.Length)];
        Threads.Share(threads, bySize.Length, () => new CategoryMatcher(truth, detections, overlap.Fork(), parameters), (matcher, i) =>
        {
            (int k, int place, ReadOnlyMemory<int> found, ReadOnlyMemory<int> objects) = bySize[i];
            rows[k][place] = matcher.Match(found.Span, objects.Span);
            if (Interlocked.Decrement(ref unfinished[k]) > 0)
                return;
            matches[k] = new CategoryMatches(parameters, MatchRows.Join(parameters, rows[k]));
            rows[k] = [];
        });
        return matches;

        // A category may hold most of the detections, or all: its samples are shared between the threads.
        Piece[] Pieces(int k, int threads)
        {
            ReadOnlyMemory<int> found = dtOrder.AsMemory(dtStarts[k]..dtStarts[k + 1]), objects = gtOrder.AsMemory(gtStarts[k]..gtStarts[k + 1]);
            int most = threads == 1 ? int.MaxValue : Math.Max(SmallPiece, dtOrder.Length / (threads * PiecesPerThread));
            int count = 1 + (found.Length / most);
            var list = new Piece[count];
            for (int place = 0; place < count; place++)
            {
                int untilFound = found.Length, untilObject = objects.Length;
                if (place < count - 1)
                {
                    int sample = detections.Samples[found.Span[found.Length / (count - place)]];
                    (untilFound, untilObject) = (FirstFrom(sample, found.Span, detections.Samples), FirstFrom(sample, objects.Span, truth.Samples));
                }
                list[place] = new Piece(k, place, found[..untilFound], objects[..untilObject]);
                (found, objects) = (found[untilFound..], objects[untilObject..]);
            }
            return list;
        }
    }

    /// <summary>How many of the indices, which ascend by sample, are of earlier samples.</summary>
    private static int FirstFrom(int sample, ReadOnlySpan<int> indices, int[] sampleOf)
    {
        int low = 0, high = indices.Length;
        while (low < high)
        {
            int middle = (low + high) / 2;
            (low, high) = sampleOf[indices[middle]] < sample ? (middle + 1, high) : (low, middle);
        }
        return low;
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

    /// <summary>Whole samples of one category, the <paramref name="Place"/>th of its pieces.</summary>
    private sealed record Piece(int Category, int Place, ReadOnlyMemory<int> Found, ReadOnlyMemory<int> Objects);
}
