using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Parity.Suites.Coco;

namespace Parity.Cli.CocoEval;

/// <summary>The lines that pycocotools prints, then every category; the same as JSON.</summary>
internal static class CocoSummary
{
    /// <returns>The exit status: inconclusive without any object to find.</returns>
    public static int Write(CocoEvalRequest request, CocoGroundTruth truth, CocoResults results, CocoEvaluation evaluation, TextWriter output)
    {
        ImmutableArray<CocoStatistic> statistics = evaluation.Statistics;
        var values = new double[statistics.Length];
        evaluation.Measure([.. Enumerable.Repeat(1, evaluation.SampleIds.Length)], values);
        var text = new StringBuilder();
        for (int s = 0; s < statistics.Length; s++)
            text.Append(Line(request.Parameters, statistics[s])).Append(" = ").Append(Three(values[s])).Append('\n');
        text.Append(CultureInfo.InvariantCulture, $"\n{truth.ImageCount} images, {truth.ObjectCount} objects, {results.Count} detections\n\n");

        double[][] perCategory = evaluation.MeasureCategories(request.Threads);
        int width = Math.Max(8, truth.Categories.Select(c => c.Name.Length).DefaultIfEmpty().Max());
        text.Append("category".PadRight(width));
        foreach (CocoStatistic statistic in statistics)
            text.Append(statistic.Name.PadLeft(9));
        text.Append('\n');
        for (int k = 0; k < perCategory.Length; k++)
        {
            text.Append(truth.Categories[k].Name.PadRight(width));
            foreach (double value in perCategory[k])
                text.Append(Three(value).PadLeft(9));
            text.Append('\n');
        }
        output.Write(text);
        if (request.Json is not null)
            WriteJson(request, truth, evaluation, values, perCategory);
        return double.IsNaN(values[0]) ? ExitCode.Inconclusive : ExitCode.Pass;
    }

    /// <summary>As pycocotools' <c>summarize</c> heads a figure.</summary>
    public static string Line(CocoParameters parameters, CocoStatistic statistic)
    {
        string iou = statistic.Threshold is { } t
            ? parameters.IouThresholds[t].ToString("0.00", CultureInfo.InvariantCulture)
            : string.Create(CultureInfo.InvariantCulture, $"{parameters.IouThresholds[0]:0.00}:{parameters.IouThresholds[^1]:0.00}");
        return string.Create(CultureInfo.InvariantCulture,
            $" {(statistic.IsPrecision ? "Average Precision" : "Average Recall"),-18} ({(statistic.IsPrecision ? "AP" : "AR")}) @[ IoU={iou,-9} | area={parameters.Areas[statistic.Area].Name,6} | maxDets={parameters.MaxDetections[statistic.Limit],3} ]");
    }

    private static string Three(double value) => double.IsNaN(value) ? "no value" : value.ToString("0.000", CultureInfo.InvariantCulture);

    private static void WriteJson(CocoEvalRequest request, CocoGroundTruth truth, CocoEvaluation evaluation, double[] values, double[][] perCategory) =>
        CocoJson.Write(request.Json!, writer =>
        {
            CocoJson.WriteHead(writer, request, evaluation);
            writer.WriteStartArray("stats");
            foreach (double value in values)
                CocoJson.WriteValue(writer, value);
            writer.WriteEndArray();
            writer.WriteStartArray("per_category");
            for (int k = 0; k < perCategory.Length; k++)
            {
                writer.WriteStartObject();
                writer.WriteNumber("id", truth.Categories[k].Id);
                writer.WriteString("name", truth.Categories[k].Name);
                for (int s = 0; s < values.Length; s++)
                {
                    writer.WritePropertyName(evaluation.Statistics[s].Name);
                    CocoJson.WriteValue(writer, perCategory[k][s]);
                }
                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
}
