namespace Parity.Suites.Detection;

/// <summary>Sums over categories from which the statistics are means. Only categories with objects that count are in them.</summary>
internal sealed class CurveTotals(CocoParameters parameters)
{
    private readonly double[] _precisionAt = new double[parameters.IouThresholds.Length];
    private readonly double[] _precision = new double[parameters.Areas.Length];
    private readonly double[] _recall = new double[parameters.Areas.Length * parameters.MaxDetections.Length];
    private readonly int[] _categories = new int[parameters.Areas.Length];

    public void AddCategory(int area) => _categories[area]++;

    /// <param name="sum">Over the recall thresholds.</param>
    public void AddPrecision(int area, int threshold, double sum)
    {
        _precision[area] += sum;
        if (area == 0)
            _precisionAt[threshold] += sum;
    }

    public void AddRecall(int area, int limit, double recall) => _recall[(area * parameters.MaxDetections.Length) + limit] += recall;

    /// <summary>Mean over IoU and recall thresholds and categories; NaN without any category.</summary>
    public double Precision(int area) =>
        Mean(_precision[area], (long)_categories[area] * parameters.IouThresholds.Length * parameters.RecallThresholds.Length);

    /// <summary>The same at one IoU threshold; NaN where the parameters do not have it.</summary>
    public double PrecisionAt(int threshold) =>
        threshold < 0 ? double.NaN : Mean(_precisionAt[threshold], (long)_categories[0] * parameters.RecallThresholds.Length);

    public double Recall(int area, int limit) =>
        Mean(_recall[(area * parameters.MaxDetections.Length) + limit], (long)_categories[area] * parameters.IouThresholds.Length);

    private static double Mean(double sum, long count) => count == 0 ? double.NaN : sum / count;
}
