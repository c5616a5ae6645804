using System.Collections.Concurrent;
using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Coco;

/// <summary>
/// COCO's AP and AR exactly as pycocotools 2.0.11 (<c>COCOeval</c>), of boxes, masks or keypoints alike: only the overlap differs. Matching is
/// done once; <see cref="Measure"/> walks the curves.
/// </summary>
/// <remarks>
/// A sample of weight w is that sample standing w times in a row: its copies tie in score, and the tie is broken as in a literally
/// duplicated dataset.
/// </remarks>
public sealed class CocoEvaluation : IEvaluation
{
    private readonly CategoryMatches[] _matches;
    private readonly RecallTables _recalls;
    private readonly ConcurrentBag<WalkScratch> _scratch = [];
    private readonly int _mostInside;

    /// <param name="prefix">Of the names of measurements: bbox, segm, keypoints.</param>
    /// <param name="sampleIds">In the order of the columns' sample indices.</param>
    /// <param name="categories">Number of categories.</param>
    public CocoEvaluation(
        string prefix, ImmutableArray<string> sampleIds, int categories, CocoTruth truth, CocoDetections detections, IOverlap overlap,
        CocoParameters parameters, int threads = 1)
        : this(prefix, sampleIds, parameters, parameters.Statistics, CocoMatching.Match(sampleIds.Length, categories, truth, detections, overlap, parameters, threads), new RecallTables(parameters.RecallThresholds)) { }

    private CocoEvaluation(
        string prefix, ImmutableArray<string> sampleIds, CocoParameters parameters, ImmutableArray<CocoStatistic> statistics, CategoryMatches[] matches, RecallTables recalls)
    {
        (Prefix, SampleIds, Parameters, Statistics, _matches, _recalls) = (prefix, sampleIds, parameters, statistics, matches, recalls);
        _mostInside = matches.Max(m => (int?)m.Curves.MostInside) ?? 0;
        Kinds = [.. statistics.Select(s => new MeasurementKind($"{prefix}/{s.Name}", "fraction", Direction.HigherIsBetter))];
    }

    public string Prefix { get; }

    public CocoParameters Parameters { get; }

    /// <summary>What <see cref="Kinds"/> names.</summary>
    public ImmutableArray<CocoStatistic> Statistics { get; }

    public ImmutableArray<MeasurementKind> Kinds { get; }

    public ImmutableArray<string> SampleIds { get; }

    /// <summary>Names of the categories, for <see cref="Breakdown"/>; empty where nobody asks for it.</summary>
    public ImmutableArray<string> Categories { get; init; } = [];

    /// <summary>The same matches, of which <see cref="Measure"/> computes these statistics only: what is not asked for is not walked.</summary>
    public CocoEvaluation Only(IEnumerable<string> statistics) =>
        new(Prefix, SampleIds, Parameters, [.. statistics.Select(n => Parameters.Statistics.Single(s => s.Name == n))], _matches, _recalls) { Categories = Categories };

    public void Measure(ReadOnlySpan<int> weights, Span<double> values)
    {
        if (weights.Length != SampleIds.Length || values.Length != Kinds.Length)
            throw new ArgumentException($"{weights.Length} weights and {values.Length} values for {SampleIds.Length} samples and {Kinds.Length} measurements");
        if (!_scratch.TryTake(out WalkScratch? scratch))
            scratch = new WalkScratch(_mostInside);
        Total(_matches, weights, scratch, values);
        _scratch.Add(scratch);
    }

    /// <summary>The same statistics of each category by itself, every sample once; NaN where it has no object that counts.</summary>
    /// <returns>[category][statistic].</returns>
    public double[][] MeasureCategories(int threads = 1)
    {
        int[] weights = Ones();
        var values = new double[_matches.Length][];
        Threads.Share(threads, values.Length, () => new WalkScratch(_mostInside), (scratch, k) => Total(_matches.AsSpan(k, 1), weights, scratch, values[k] = new double[Statistics.Length]));
        return values;
    }

    private void Total(ReadOnlySpan<CategoryMatches> categories, ReadOnlySpan<int> weights, WalkScratch scratch, Span<double> values)
    {
        var totals = new CurveTotals(Parameters, Statistics);
        foreach (CategoryMatches category in categories)
            totals.Add(category, weights, _recalls, scratch);
        for (int s = 0; s < Statistics.Length; s++)
            values[s] = totals.Value(s);
    }

    /// <summary>Every sample once: the arrays that pycocotools' <c>accumulate</c> leaves.</summary>
    public CocoCurves Curves() => Curves(Parameters);

    /// <summary>The first statistic category by category, what was measured by size, and the curves of AP and AP50.</summary>
    public Breakdown Breakdown()
    {
        CocoCurves curves = Curves(Parameters with { Areas = [Parameters.Areas[0]], MaxDetections = [Parameters.MaxDetections[^1]] });
        int[] ones = Ones();
        var values = new double[Kinds.Length];
        Measure(ones, values);
        Measurement Measured(int s, double? value) => new(Kinds[s].Name, value, Kinds[s].Unit, Kinds[s].Direction, SampleIds.Length);
        long Items(int area) => _matches.Sum(m => (long)m.Recalls.Objects(area, ones));
        IEnumerable<MetricPart> sizes = Statistics.Select((statistic, s) => (Statistic: statistic, S: s))
            .Where(s => s.Statistic is { IsPrecision: true, Threshold: null, Area: > 0 })
            .Select(s => new MetricPart("size", Parameters.Areas[s.Statistic.Area].Name, Items(s.Statistic.Area), Measured(s.S, double.IsFinite(values[s.S]) ? values[s.S] : null)));
        MetricPart[] classes = [.. Categories.Select((name, k) => new MetricPart("class", name, _matches[k].Recalls.Objects(0, ones), Measured(0, curves.AveragePrecision(k, 0, 0)))).Where(p => p.Items > 0)];
        IEnumerable<PrecisionCurve> means = Statistics.Where(s => s is { IsPrecision: true, Area: 0, Threshold: null or 0 })
            .Select(s => (s.Name, Mean: curves.MeanPrecision(s.Threshold))).Where(s => s.Mean is not null).Select(s => new PrecisionCurve($"{Prefix}/{s.Name}", s.Mean!.Value));
        // A single class is the whole.
        return new Breakdown([.. sizes, .. classes.Length > 1 ? classes : []], [.. means]);
    }

    private CocoCurves Curves(CocoParameters parameters)
    {
        int t = parameters.IouThresholds.Length, r = parameters.RecallThresholds.Length, a = parameters.Areas.Length, m = parameters.MaxDetections.Length;
        var curves = new CocoCurves(
            t, r, _matches.Length, a, m, new double[t * r * _matches.Length * a * m], new double[t * _matches.Length * a * m], new double[t * r * _matches.Length * a * m]);
        Array.Fill(curves.Precision, -1);
        Array.Fill(curves.Recall, -1);
        Array.Fill(curves.Scores, -1);
        var walk = new CurveWalk(parameters, _matches.Max(c => (int?)c.Count) ?? 0);
        int[] ones = Ones();
        for (int k = 0; k < _matches.Length; k++)
            walk.Fill(_matches[k], k, ones, _recalls, curves);
        return curves;
    }

    private int[] Ones()
    {
        var weights = new int[SampleIds.Length];
        Array.Fill(weights, 1);
        return weights;
    }
}
