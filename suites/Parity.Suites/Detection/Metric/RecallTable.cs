using System.Collections.Immutable;

namespace Parity.Suites.Detection;

/// <summary>The fewest hits that reach each recall threshold: exactly where <c>hits / objects &gt;= threshold</c> in double first holds.</summary>
internal static class RecallTable
{
    public static void Fill(ImmutableArray<double> thresholds, int objects, Span<int> least)
    {
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
    }
}
