using System.Collections.Immutable;

namespace Parity.Suites.Coco;

/// <summary>Sums over categories from which the statistics are means. Only categories with objects that count are in them.</summary>
internal sealed class CurveTotals
{
    private readonly CocoParameters _parameters;
    private readonly ImmutableArray<CocoStatistic> _statistics;
    private readonly bool[] _asked;
    private readonly bool[] _walked;
    private readonly double[] _precision;
    private readonly double[] _recall;
    private readonly int[] _categories;

    public CurveTotals(CocoParameters parameters, ImmutableArray<CocoStatistic> statistics)
    {
        int areas = parameters.Areas.Length, thresholds = parameters.IouThresholds.Length;
        (_parameters, _statistics) = (parameters, statistics);
        (_asked, _walked, _precision, _recall, _categories) =
            (new bool[areas], new bool[areas * thresholds], new double[areas * thresholds], new double[statistics.Length], new int[areas]);
        foreach (CocoStatistic statistic in statistics)
        {
            _asked[statistic.Area] = true;
            for (int t = 0; t < thresholds && statistic.IsPrecision; t++)
                _walked[(statistic.Area * thresholds) + t] |= statistic.Threshold is null || statistic.Threshold == t;
        }
    }

    public void Add(CategoryMatches category, ReadOnlySpan<int> weights, RecallTables recalls, WalkScratch scratch)
    {
        for (int area = 0; area < _asked.Length; area++)
        {
            int objects = _asked[area] ? category.Recalls.Objects(area, weights) : 0;
            if (objects == 0)
                continue;
            _categories[area]++;
            Walk(category, area, weights, recalls.Of(objects), scratch);
            for (int s = 0; s < _statistics.Length; s++)
            {
                if (!_statistics[s].IsPrecision && _statistics[s].Area == area)
                    _recall[s] += (double)Hits(category, _statistics[s], weights) / objects;
            }
        }
    }

    /// <summary>NaN without any category that counts.</summary>
    public double Value(int statistic)
    {
        CocoStatistic asked = _statistics[statistic];
        int thresholds = _parameters.IouThresholds.Length;
        double sum = _recall[statistic];
        for (int t = 0; t < thresholds && asked.IsPrecision; t++)
            sum += asked.Threshold is null || asked.Threshold == t ? _precision[(asked.Area * thresholds) + t] : 0;
        long count = (long)_categories[asked.Area] * (asked.Threshold is null ? thresholds : 1) * (asked.IsPrecision ? _parameters.RecallThresholds.Length : 1);
        return count == 0 ? double.NaN : sum / count;
    }

    private void Walk(CategoryMatches category, int area, ReadOnlySpan<int> weights, ReadOnlySpan<int> least, WalkScratch scratch)
    {
        int thresholds = _parameters.IouThresholds.Length;
        if (!_walked.AsSpan(area * thresholds, thresholds).Contains(true))
            return;
        category.Curves.CountInside(area, weights, scratch.Running);
        for (int t = 0; t < thresholds; t++)
        {
            if (_walked[(area * thresholds) + t])
                _precision[(area * thresholds) + t] += category.Curves.PrecisionSum(area, t, weights, least, scratch.Running, scratch);
        }
    }

    private int Hits(CategoryMatches category, CocoStatistic statistic, ReadOnlySpan<int> weights)
    {
        if (statistic.Threshold is { } only)
            return category.Recalls.Hits(statistic.Area, statistic.Limit, only, weights);
        int hits = 0;
        for (int t = 0; t < _parameters.IouThresholds.Length; t++)
            hits += category.Recalls.Hits(statistic.Area, statistic.Limit, t, weights);
        return hits;
    }
}
