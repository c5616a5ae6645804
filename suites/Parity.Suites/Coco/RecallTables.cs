using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace Parity.Suites.Coco;

/// <summary>
/// The fewest hits that reach each recall threshold: exactly where <c>hits / objects &gt;= threshold</c> in double first holds. Kept for
/// each number of objects, since resamples meet the same numbers again. Safe to use from several threads.
/// </summary>
internal sealed class RecallTables(ImmutableArray<double> thresholds)
{
    private readonly ConcurrentDictionary<int, int[]> _tables = new();

    public ReadOnlySpan<int> Of(int objects) => _tables.TryGetValue(objects, out int[]? table) ? table : _tables.GetOrAdd(objects, Fill);

    private int[] Fill(int objects)
    {
        var least = new int[thresholds.Length];
        for (int r = 0; r < least.Length; r++)
        {
            double threshold = thresholds[r];
            int hits = (int)(threshold * objects);
            while ((double)hits / objects < threshold)
                hits++;
            while (hits > 0 && (double)(hits - 1) / objects >= threshold)
                hits--;
            least[r] = hits;
        }
        return least;
    }
}
