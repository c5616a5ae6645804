namespace Parity.Suites.Detection;

/// <summary>Walks precision-recall curves of categories, to sums or to arrays. Holds scratch memory: one instance a thread.</summary>
internal sealed class CurveWalk(CocoParameters parameters, int mostDetections)
{
    private readonly int[] _running = new int[mostDetections];
    private readonly int[] _least = new int[parameters.RecallThresholds.Length];
    private readonly CurvePoints _points = new();

    /// <summary>Adds one category and area range to the totals.</summary>
    public void Total(CategoryMatches category, int area, ReadOnlySpan<int> weights, CurveTotals totals)
    {
        int objects = category.Truths(area, weights);
        if (objects == 0)
            return;
        totals.AddCategory(area);
        if (category.MostEvents == 0)
            return;
        int limits = parameters.MaxDetections.Length, most = parameters.MaxDetections[^1];
        category.CountInside(area, most, weights, _running);
        RecallTable.Fill(parameters.RecallThresholds, objects, _least);
        for (int t = 0; t < parameters.IouThresholds.Length; t++)
        {
            int hits = category.Walk(area, t, most, weights, _running, _points);
            totals.AddPrecision(area, t, SumOfEnvelope());
            totals.AddRecall(area, limits - 1, (double)hits / objects);
            if (area > 0)
                continue;
            for (int limit = 0; limit < limits - 1; limit++)
                totals.AddRecall(area, limit, (double)category.Hits(area, t, parameters.MaxDetections[limit], weights) / objects);
        }
    }

    /// <summary>Writes one category's part of the arrays.</summary>
    public void Fill(CategoryMatches category, int k, ReadOnlySpan<int> weights, CocoCurves curves)
    {
        for (int area = 0; area < parameters.Areas.Length; area++)
        {
            int objects = category.Truths(area, weights);
            if (objects == 0)
                continue;
            RecallTable.Fill(parameters.RecallThresholds, objects, _least);
            for (int m = 0; m < parameters.MaxDetections.Length; m++)
            {
                int most = parameters.MaxDetections[m];
                int first = category.CountInside(area, most, weights, _running);
                for (int t = 0; t < parameters.IouThresholds.Length; t++)
                {
                    int hits = category.Walk(area, t, most, weights, _running, _points);
                    _points.Envelope();
                    curves.Recall[curves.RecallIndex(t, k, area, m)] = (double)hits / objects;
                    int point = 0;
                    for (int r = 0; r < _least.Length; r++)
                    {
                        while (point < _points.Count && _points.Hits[point] < _least[r])
                            point++;
                        int at = curves.PrecisionIndex(t, r, k, area, m);
                        bool reached = point < _points.Count;
                        curves.Precision[at] = reached ? _points.Precisions[point] : 0;
                        // Recall 0 is reached by the first detection, hit or not.
                        curves.Scores[at] = _least[r] == 0 ? first < 0 ? 0 : category.Score(first) : reached ? category.Score(_points.Positions[point]) : 0;
                    }
                }
            }
        }
    }

    /// <summary>Sum over the recall thresholds of the best precision at this or a higher recall.</summary>
    private double SumOfEnvelope()
    {
        ReadOnlySpan<int> hits = _points.Hits;
        ReadOnlySpan<double> precisions = _points.Precisions;
        double sum = 0, best = 0;
        int point = hits.Length - 1;
        for (int r = _least.Length - 1; r >= 0; r--)
        {
            while (point >= 0 && hits[point] >= _least[r])
                best = Math.Max(best, precisions[point--]);
            sum += best;
        }
        return sum;
    }
}
