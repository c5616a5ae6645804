using Parity.Core;
using Parity.Suites.Detection;
using System.Collections.Immutable;

namespace Parity.Suites.InstanceMasks;

/// <summary>How far the same instances' masks lie apart in two sets of predictions, without regard to the truth.</summary>
public static class MaskComparison
{
    /// <summary><c>unpaired</c> (share of the reference's instances), <c>mask-iou</c> (median of the pairs') and <c>mask-iou/worst</c>.</summary>
    /// <param name="target">Of the same samples, in the same order.</param>
    /// <param name="leastScore">Instances of the reference below it are not looked for.</param>
    public static ImmutableArray<Measurement> Compare(IReadOnlyList<MaskPrediction> reference, IReadOnlyList<MaskPrediction> target, float leastScore)
    {
        var overlaps = new List<double>();
        int instances = 0;
        for (int i = 0; i < reference.Count; i++)
        {
            foreach ((DetectedMask instance, DetectedMask? other) in BoxPairs.Of(reference[i].Instances, target[i].Instances, m => m.Box, leastScore))
            {
                instances++;
                if (other is not null)
                    overlaps.Add(instance.Mask.Iou(other.Mask));
            }
        }
        overlaps.Sort();
        double? median = overlaps.Count == 0 ? null : (overlaps[(overlaps.Count - 1) / 2] + overlaps[overlaps.Count / 2]) / 2;
        return [
            new("unpaired", instances > 0 ? 1 - (double)overlaps.Count / instances : null, "fraction", Direction.LowerIsBetter, instances),
            new("mask-iou", median, "fraction", Direction.HigherIsBetter, overlaps.Count),
            new("mask-iou/worst", overlaps.Count == 0 ? null : overlaps[0], "fraction", Direction.HigherIsBetter, overlaps.Count)];
    }
}
