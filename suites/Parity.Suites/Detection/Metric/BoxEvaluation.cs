using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>
/// COCO box AP and AR exactly as pycocotools 2.0.11 (<c>COCOeval</c>, bbox). Matching is done once; <see cref="Measure"/> walks the curves.
/// </summary>
/// <remarks>
/// Samples are put in the order of their ids, as numbers where all are numbers, so the order of predictions changes nothing. A sample of
/// weight w is that sample standing w times in a row: its copies tie in score, and the tie is broken as in a literally duplicated dataset.
/// </remarks>
public sealed class BoxEvaluation : IEvaluation
{
    private readonly CategoryMatches[] _matches;

    /// <param name="categories">In any order; they are evaluated in the order of their ids.</param>
    /// <param name="samples">Boxes index into <paramref name="categories"/> sorted by id. Labels of an unknown category are left out, as in COCO.</param>
    /// <exception cref="FaultException">NaN or infinity in a box, a score or a label; a sample twice.</exception>
    public BoxEvaluation(ImmutableArray<BoxCategory> categories, IEnumerable<BoxSample> samples, CocoParameters? parameters = null)
    {
        Parameters = parameters ?? CocoParameters.Default;
        Categories = [.. categories.OrderBy(c => c.Id)];
        ImmutableArray<BoxSample> ordered = InOrder(samples);
        Check(ordered);
        SampleIds = [.. ordered.Select(s => s.Id)];
        _matches = BoxMatching.Match(Categories, ordered, Parameters);
        Kinds = [.. Names().Select(n => new MeasurementKind($"bbox/{n}", "fraction", Direction.HigherIsBetter))];
    }

    public CocoParameters Parameters { get; }

    /// <summary>Sorted by id: the K of the curves.</summary>
    public ImmutableArray<BoxCategory> Categories { get; }

    public ImmutableArray<MeasurementKind> Kinds { get; }

    public ImmutableArray<string> SampleIds { get; }

    public void Measure(ReadOnlySpan<int> weights, Span<double> values)
    {
        if (weights.Length != SampleIds.Length || values.Length != Kinds.Length)
            throw new ArgumentException($"{weights.Length} weights and {values.Length} values for {SampleIds.Length} samples and {Kinds.Length} measurements");
        int areas = Parameters.Areas.Length, limits = Parameters.MaxDetections.Length;
        var totals = new CurveTotals(Parameters);
        var walk = new CurveWalk(Parameters, _matches.Max(m => (int?)m.Count) ?? 0);
        foreach (CategoryMatches category in _matches)
        {
            for (int area = 0; area < areas; area++)
                walk.Total(category, area, weights, totals);
        }
        values[0] = totals.Precision(0);
        values[1] = totals.PrecisionAt(Parameters.IouThresholds.IndexOf(0.5));
        values[2] = totals.PrecisionAt(Parameters.IouThresholds.IndexOf(0.75));
        for (int area = 1; area < areas; area++)
            values[2 + area] = totals.Precision(area);
        for (int limit = 0; limit < limits; limit++)
            values[2 + areas + limit] = totals.Recall(0, limit);
        for (int area = 1; area < areas; area++)
            values[1 + areas + limits + area] = totals.Recall(area, limits - 1);
    }

    /// <summary>Every sample once: the arrays that pycocotools' <c>accumulate</c> leaves.</summary>
    public CocoCurves Curves()
    {
        int t = Parameters.IouThresholds.Length, r = Parameters.RecallThresholds.Length, a = Parameters.Areas.Length, m = Parameters.MaxDetections.Length;
        var curves = new CocoCurves(
            t, r, _matches.Length, a, m, new double[t * r * _matches.Length * a * m], new double[t * _matches.Length * a * m], new double[t * r * _matches.Length * a * m]);
        Array.Fill(curves.Precision, -1);
        Array.Fill(curves.Recall, -1);
        Array.Fill(curves.Scores, -1);
        var weights = new int[SampleIds.Length];
        Array.Fill(weights, 1);
        var walk = new CurveWalk(Parameters, _matches.Max(c => (int?)c.Count) ?? 0);
        for (int k = 0; k < _matches.Length; k++)
            walk.Fill(_matches[k], k, weights, curves);
        return curves;
    }

    private IEnumerable<string> Names()
    {
        IEnumerable<string> sizes = Parameters.Areas.Skip(1).Select(a => a.Name[..1]);
        return [
            "AP", "AP50", "AP75", .. sizes.Select(s => $"AP{s}"),
            .. Parameters.MaxDetections.Select(m => string.Create(CultureInfo.InvariantCulture, $"AR{m}")), .. sizes.Select(s => $"AR{s}")];
    }

    private static ImmutableArray<BoxSample> InOrder(IEnumerable<BoxSample> samples)
    {
        BoxSample[] list = [.. samples];
        var numbers = new long[list.Length];
        bool numeric = true;
        for (int i = 0; i < list.Length && numeric; i++)
            numeric = long.TryParse(list[i].Id, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out numbers[i]);
        if (numeric)
            Array.Sort(numbers, list);
        else
            Array.Sort(list, (a, b) => string.CompareOrdinal(a.Id, b.Id));
        return [.. list];
    }

    private static void Check(ImmutableArray<BoxSample> samples)
    {
        var faults = new FaultList();
        for (int s = 0; s < samples.Length; s++)
        {
            BoxSample sample = samples[s];
            if (s > 0 && sample.Id == samples[s - 1].Id)
                faults.Add("the sample has two predictions", $"sample {sample.Id}", "Give one prediction a sample.");
            for (int i = 0; i < sample.Boxes.Count; i++)
            {
                ScoredBox box = sample.Boxes[i];
                if (!double.IsFinite(box.X + box.Y + box.Width + box.Height) || !double.IsFinite(box.Score))
                    faults.Add($"not a finite number in {box}", $"sample {sample.Id}, detection {i}", "Repair the detections.");
            }
            for (int i = 0; i < sample.Labels.Count; i++)
            {
                BoxLabel label = sample.Labels[i];
                if (!double.IsFinite(label.X + label.Y + label.Width + label.Height) || !double.IsFinite(label.Area))
                    faults.Add($"not a finite number in {label}", $"sample {sample.Id}, label {i}", "Repair the annotations.");
            }
        }
        faults.ThrowIfAny();
    }
}
