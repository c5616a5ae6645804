using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>
/// Objects and hits of one category for each sample with objects. Matching does not depend on weights, so objects that count and
/// hits at the end of the curve are sums of them over samples.
/// </summary>
internal sealed class WeightedRecalls
{
    private readonly int _thresholds, _limits;
    private readonly int[] _samples;
    private readonly int[][] _objects;
    private readonly int[][] _hits;

    /// <param name="samples">Samples with objects, ascending.</param>
    /// <param name="objects">[a][i]: objects that count in samples[i].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public WeightedRecalls(CocoParameters parameters, CategoryMatches matches, int[] samples, int[][] objects)
    {
        (_thresholds, _limits) = (parameters.IouThresholds.Length, parameters.MaxDetections.Length);
        (_samples, _objects) = (samples, objects);
        _hits = new int[parameters.Areas.Length * _limits * _thresholds][];
        for (int a = 0; a < parameters.Areas.Length; a++)
        {
            for (int t = 0; t < _thresholds; t++)
            {
                for (int m = 0; m < _limits; m++)
                    _hits[Index(a, m, t)] = new int[samples.Length];
                foreach (int e in matches.EventsOf(a, t))
                {
                    if ((e & CategoryMatches.KindMask) == CategoryMatches.IgnoredInside)
                        continue;
                    int position = e >> CategoryMatches.PositionShift;
                    int at = Array.BinarySearch(samples, matches.Samples[position]), rank = matches.Rank(position);
                    for (int m = 0; m < _limits; m++)
                        _hits[Index(a, m, t)][at] += rank < parameters.MaxDetections[m] ? 1 : 0;
                }
            }
        }
    }

    /// <summary>Objects that count in an area range, each as often as its sample.</summary>
    public int Objects(int area, ReadOnlySpan<int> weights) => Sum(_objects[area], weights);

    /// <summary>Hits among the first so many detections of each sample.</summary>
    public int Hits(int area, int limit, int threshold, ReadOnlySpan<int> weights) => Sum(_hits[Index(area, limit, threshold)], weights);

    private int Index(int area, int limit, int threshold) => (((area * _limits) + limit) * _thresholds) + threshold;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Sum(int[] counts, ReadOnlySpan<int> weights)
    {
        int total = 0;
        for (int i = 0; i < counts.Length; i++)
            total += counts[i] * weights[_samples[i]];
        return total;
    }
}
