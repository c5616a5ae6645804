using System.Text.Json;
using Parity.Core;
using Parity.Suites.Coco;

namespace Parity.Cli.CocoEval;

/// <summary>What the JSON files of `parity coco-eval` have in common. No value is null.</summary>
internal static class CocoJson
{
    /// <exception cref="FaultException">The file cannot be written.</exception>
    public static void Write(string path, Action<Utf8JsonWriter> write)
    {
        try
        {
            using FileStream file = File.Create(path);
            using var writer = new Utf8JsonWriter(file, new JsonWriterOptions { Indented = true });
            writer.WriteStartObject();
            write(writer);
            writer.WriteEndObject();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException($"the file cannot be written: {e.Message.TrimEnd('.')}", path, "Choose another path by --json.");
        }
    }

    public static void WriteHead(Utf8JsonWriter writer, CocoEvalRequest request, CocoEvaluation evaluation)
    {
        writer.WriteString("type", evaluation.Prefix);
        writer.WriteString("gt", request.Gt);
        writer.WriteString("dt", request.Dt);
        writer.WriteStartArray("max_dets");
        foreach (int limit in request.Parameters.MaxDetections)
            writer.WriteNumberValue(limit);
        writer.WriteEndArray();
        writer.WriteStartArray("statistics");
        foreach (CocoStatistic statistic in evaluation.Statistics)
            writer.WriteStringValue(statistic.Name);
        writer.WriteEndArray();
    }

    public static void WriteValue(Utf8JsonWriter writer, double? value)
    {
        if (value is { } number && double.IsFinite(number))
            writer.WriteNumberValue(number);
        else
            writer.WriteNullValue();
    }
}
