using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Geometry;
using Parity.Suites.Metrics;

namespace Parity.Suites.Rotated;

/// <summary>
/// DOTA's AP (DOTA_devkit, dota_evaluation_task1): in the order of scores each detection takes the label it overlaps most; over the IoU
/// threshold it is a hit the first time, a miss from the second on, and nothing where the label is difficult. AP is VOC 2007's mean of
/// precision at eleven recalls, which is DOTA's, and the area below the curve.
/// </summary>
/// <remarks>
/// Detections of one score are one point of the curve. The devkit leaves their order to an unstable sort; this way neither the order of
/// pictures nor repeating a picture changes anything. Within a picture equal scores keep their order.
/// </remarks>
public sealed class RotatedEvaluation : IEvaluation
{
    private readonly ImmutableArray<CategoryHits> _categories;

    /// <exception cref="FaultException">A number that is not finite, a category out of range or a sample twice.</exception>
    public RotatedEvaluation(ImmutableArray<string> categories, IEnumerable<RotatedSample> samples, double iouThreshold = 0.5)
    {
        ImmutableArray<RotatedSample> ordered = SampleOrder.ById(samples, s => s.Id);
        Check(ordered, categories.Length);
        SampleIds = [.. ordered.Select(s => s.Id)];
        string at = FormattableString.Invariant($"{Math.Round(iouThreshold * 100)}");
        Kinds =
        [
            Kind($"rotated/AP{at}"), Kind($"rotated/AP{at}-area"),
            .. categories.Select(c => Kind($"rotated/AP{at}/{MeasurementName.Word(c)}")),
        ];
        _categories = [.. categories.Select((_, c) => CategoryHits.Match(ordered, c, iouThreshold))];
    }

    public ImmutableArray<MeasurementKind> Kinds { get; }

    public ImmutableArray<string> SampleIds { get; }

    public void Measure(ReadOnlySpan<int> weights, Span<double> values)
    {
        if (weights.Length != SampleIds.Length || values.Length != Kinds.Length)
            throw new ArgumentException($"{weights.Length} weights and {values.Length} values for {SampleIds.Length} samples and {Kinds.Length} measurements");
        double eleven = 0, area = 0;
        int present = 0;
        for (int c = 0; c < _categories.Length; c++)
        {
            (double categoryEleven, double categoryArea) = _categories[c].AveragePrecision(weights);
            values[2 + c] = categoryEleven;
            if (double.IsNaN(categoryEleven))
                continue;
            eleven += categoryEleven;
            area += categoryArea;
            present++;
        }
        values[0] = SummedEvaluation.Quotient(eleven, present);
        values[1] = SummedEvaluation.Quotient(area, present);
    }

    private static MeasurementKind Kind(string name) => new(name, "fraction", Direction.HigherIsBetter);

    private static void Check(ImmutableArray<RotatedSample> samples, int categories)
    {
        var faults = new FaultList();
        foreach (RotatedSample sample in samples)
        {
            foreach ((RotatedDetection detection, int i) in sample.Detections.Select((d, i) => (d, i)))
                Check(detection.Corners, detection.Score, detection.Category, $"sample {sample.Id}, detection {i}");
            foreach ((RotatedLabel label, int i) in sample.Labels.Select((l, i) => (l, i)))
                Check(label.Corners, 0, label.Category, $"sample {sample.Id}, label {i}");
        }
        faults.ThrowIfAny();

        void Check(ImmutableArray<Point> corners, double score, int category, string where)
        {
            if (!double.IsFinite(score) || corners.Any(p => !double.IsFinite(p.X) || !double.IsFinite(p.Y)))
                faults.Add("a corner or the score is not a finite number", where, "Repair the detections or the annotations.");
            if (category < 0 || category >= categories)
                faults.Add($"category {category} of {categories}", where, "Map it to one of the categories, or leave it out.");
        }
    }
}
