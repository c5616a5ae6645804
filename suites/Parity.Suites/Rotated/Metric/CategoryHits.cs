using System.Collections.Immutable;
using Parity.Suites.Geometry;

namespace Parity.Suites.Rotated;

/// <summary>One category's detections in descending order of score, each a hit or a miss of its sample; difficult ones are left out.</summary>
internal sealed class CategoryHits
{
    private readonly (double Score, int Sample, bool Hit)[] _detections;
    private readonly int[] _labels;

    private CategoryHits((double Score, int Sample, bool Hit)[] detections, int[] labels)
    {
        _detections = detections;
        _labels = labels;
    }

    public static CategoryHits Match(ImmutableArray<RotatedSample> samples, int category, double iouThreshold)
    {
        var detections = new List<(double Score, int Sample, bool Hit)>();
        var labels = new int[samples.Length];
        for (int s = 0; s < samples.Length; s++)
        {
            RotatedLabel[] truth = [.. samples[s].Labels.Where(l => l.Category == category)];
            labels[s] = truth.Count(l => !l.IsDifficult);
            var taken = new bool[truth.Length];
            foreach (RotatedDetection detection in samples[s].Detections.Where(d => d.Category == category).OrderByDescending(d => d.Score))
            {
                int best = -1;
                double most = iouThreshold;
                for (int t = 0; t < truth.Length; t++)
                {
                    double iou = PolygonOverlap.Iou(detection.Corners.AsSpan(), truth[t].Corners.AsSpan());
                    if (iou > most)
                        (best, most) = (t, iou);
                }
                if (best >= 0 && truth[best].IsDifficult)
                    continue;
                detections.Add((detection.Score, s, best >= 0 && !taken[best]));
                if (best >= 0)
                    taken[best] = true;
            }
        }
        return new CategoryHits([.. detections.OrderByDescending(d => d.Score)], labels);
    }

    /// <summary>By eleven recalls and by area; NaN without labels that count.</summary>
    public (double Eleven, double Area) AveragePrecision(ReadOnlySpan<int> weights)
    {
        long labels = 0;
        for (int s = 0; s < weights.Length; s++)
            labels += (long)weights[s] * _labels[s];
        if (labels == 0)
            return (double.NaN, double.NaN);

        var points = new List<(long Hits, double Precision)>();
        long hits = 0, counted = 0;
        for (int i = 0; i < _detections.Length; i++)
        {
            (double score, int sample, bool hit) = _detections[i];
            counted += weights[sample];
            hits += hit ? weights[sample] : 0;
            bool last = i + 1 == _detections.Length || _detections[i + 1].Score != score;
            if (last && counted > 0)
                points.Add((hits, (double)hits / counted));
        }

        double area = 0, best = 0, eleven = 0;
        int point = points.Count - 1;
        for (int tenth = 10; tenth >= 0; tenth--)
        {
            // In whole numbers, since .1 * 3 is more than .3: recall >= tenth / 10.
            while (point >= 0 && points[point].Hits * 10 >= tenth * labels)
                best = Math.Max(best, points[point--].Precision);
            eleven += best / 11;
        }
        best = 0;
        for (int i = points.Count - 1; i >= 0; i--)
        {
            best = Math.Max(best, points[i].Precision);
            long gained = points[i].Hits - (i == 0 ? 0 : points[i - 1].Hits);
            area += best * gained / labels;
        }
        return (eleven, area);
    }
}
