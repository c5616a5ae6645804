using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Geometry;
using Parity.Suites.Metrics;

namespace Parity.Suites.Ocr;

/// <summary>
/// Text detection by the rules of ICDAR 2015's IoU evaluation: a detection that lies with more than half of its area in a don't-care region does
/// not count; of the others each takes the first free region that it overlaps by an IoU over .5. Sums are over all pictures.
/// </summary>
public static class TextDetectionMetric
{
    private const double MostDontCare = 0.5;
    private const double LeastIou = 0.5;

    /// <exception cref="FaultException">A corner that is not finite, or a sample twice.</exception>
    public static IEvaluation Evaluate(IEnumerable<TextDetectionSample> samples) => new SummedEvaluation(
        [
            new("text-detection/hmean", "fraction", Direction.HigherIsBetter),
            new("text-detection/precision", "fraction", Direction.HigherIsBetter),
            new("text-detection/recall", "fraction", Direction.HigherIsBetter),
        ],
        3, samples.Select(s => new SampleTerms(s.Id, Terms(s))), (sums, values) =>
        {
            // Twice the hits over both counts is the harmonic mean, and has a value where one of the two has none.
            values[0] = SummedEvaluation.Quotient(2 * sums[0], sums[1] + sums[2]);
            values[1] = SummedEvaluation.Quotient(sums[0], sums[2]);
            values[2] = SummedEvaluation.Quotient(sums[0], sums[1]);
        });

    /// <summary>Hits, regions and detections that count.</summary>
    private static ImmutableArray<double> Terms(TextDetectionSample sample)
    {
        if (sample.Truth.SelectMany(t => t.Polygon).Concat(sample.Detected.SelectMany(d => d)).Any(p => !double.IsFinite(p.X) || !double.IsFinite(p.Y)))
            throw new FaultException("a corner is not a finite number", $"sample {sample.Id}", "Repair the detections or the annotations.");
        ImmutableArray<Point>[] regions = [.. sample.Truth.Where(t => !t.IsDontCare).Select(t => t.Polygon)];
        ImmutableArray<Point>[] ignored = [.. sample.Truth.Where(t => t.IsDontCare).Select(t => t.Polygon)];
        ImmutableArray<Point>[] detected = [.. sample.Detected.Where(d => !ignored.Any(i => LiesIn(d, i)))];
        var taken = new bool[detected.Length];
        int hits = 0;
        foreach (ImmutableArray<Point> region in regions)
        {
            for (int d = 0; d < detected.Length; d++)
            {
                if (taken[d] || !(PolygonOverlap.Iou(region.AsSpan(), detected[d].AsSpan()) > LeastIou))
                    continue;
                taken[d] = true;
                hits++;
                break;
            }
        }
        return [hits, regions.Length, detected.Length];
    }

    private static bool LiesIn(ImmutableArray<Point> detection, ImmutableArray<Point> region)
    {
        double area = PolygonOverlap.Area(detection.AsSpan());
        return area > 0 && PolygonOverlap.Intersection(detection.AsSpan(), region.AsSpan()) / area > MostDontCare;
    }
}
