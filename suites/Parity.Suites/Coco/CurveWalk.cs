namespace Parity.Suites.Coco;

/// <summary>Walks every precision-recall curve into the arrays. Holds scratch memory: one instance a thread.</summary>
internal sealed class CurveWalk(CocoParameters parameters, int mostDetections)
{
    private readonly int[] _running = new int[mostDetections];
    private readonly CurvePoints _points = new();

    /// <summary>Writes one category's part of the arrays.</summary>
    public void Fill(CategoryMatches category, int k, ReadOnlySpan<int> weights, RecallTables recalls, CocoCurves curves)
    {
        for (int area = 0; area < parameters.Areas.Length; area++)
        {
            int objects = category.Recalls.Objects(area, weights);
            if (objects == 0)
                continue;
            ReadOnlySpan<int> least = recalls.Of(objects);
            for (int m = 0; m < parameters.MaxDetections.Length; m++)
            {
                int most = parameters.MaxDetections[m];
                category.CountInside(area, most, _running);
                for (int t = 0; t < parameters.IouThresholds.Length; t++)
                {
                    int hits = category.Walk(area, t, most, _running, _points);
                    _points.Envelope();
                    curves.Recall[curves.RecallIndex(t, k, area, m)] = (double)hits / objects;
                    Write(category, t, k, area, m, least, curves);
                }
            }
        }
    }

    private void Write(CategoryMatches category, int t, int k, int area, int m, ReadOnlySpan<int> least, CocoCurves curves)
    {
        int point = 0;
        for (int r = 0; r < least.Length; r++)
        {
            while (point < _points.Count && _points.Hits[point] < least[r])
                point++;
            int at = curves.PrecisionIndex(t, r, k, area, m);
            bool reached = point < _points.Count;
            curves.Precision[at] = reached ? _points.Precisions[point] : 0;
            // Recall 0 is reached by the first detection, hit or not.
            curves.Scores[at] = least[r] == 0 ? category.Count == 0 ? 0 : category.Score(0) : reached ? category.Score(_points.Positions[point]) : 0;
        }
    }
}
