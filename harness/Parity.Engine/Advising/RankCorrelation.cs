namespace Parity.Engine.Advising;

/// <summary>Whether two figures put the same things in the same order.</summary>
public static class RankCorrelation
{
    /// <summary>Spearman's rho, -1 to 1: Pearson's correlation of ranks, equal values having the mean of the ranks they share. Null when one side is all equal, or there are fewer than two.</summary>
    public static double? Spearman(IReadOnlyList<double> a, IReadOnlyList<double> b)
    {
        if (a.Count < 2)
            return null;
        double[] x = Ranks(a), y = Ranks(b);
        // Both have the mean of 1..n.
        double mean = (a.Count + 1) / 2.0, xy = 0, xx = 0, yy = 0;
        for (int i = 0; i < x.Length; i++)
        {
            xy += (x[i] - mean) * (y[i] - mean);
            xx += (x[i] - mean) * (x[i] - mean);
            yy += (y[i] - mean) * (y[i] - mean);
        }
        return xx > 0 && yy > 0 ? Math.Clamp(xy / Math.Sqrt(xx * yy), -1, 1) : null;
    }

    private static double[] Ranks(IReadOnlyList<double> values)
    {
        int[] order = [.. Enumerable.Range(0, values.Count).OrderBy(i => values[i])];
        var ranks = new double[values.Count];
        for (int from = 0, to; from < order.Length; from = to)
        {
            to = from + 1;
            while (to < order.Length && values[order[to]].Equals(values[order[from]]))
                to++;
            for (int i = from; i < to; i++)
                ranks[order[i]] = (from + 1 + to) / 2.0;
        }
        return ranks;
    }
}
