using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Imaging;
using Parity.Suites.Journals;

namespace Parity.Suites.Segmentation;

/// <summary>Class maps as JSON: runs for the run folder, and as COCO results for other tools.</summary>
public static class SegmentationJournal
{
    /// <summary>{"sample", "counts", "size": [width, height], "runs": [class, length, ...]}.</summary>
    public static void Write(Utf8JsonWriter writer, SegmentationPrediction prediction)
    {
        writer.WriteStartObject();
        PredictionHead.Write(writer, prediction);
        writer.WriteStartArray("size");
        writer.WriteNumberValue(prediction.Width);
        writer.WriteNumberValue(prediction.Height);
        writer.WriteEndArray();
        WriteNumbers(writer, "runs", prediction.Runs);
        writer.WriteEndObject();
    }

    /// <param name="classes">Number of classes, which bounds the indices.</param>
    /// <exception cref="FormatException">Not written by <see cref="Write"/>, or for other classes.</exception>
    public static SegmentationPrediction Read(JsonElement element, int classes)
    {
        try
        {
            (string sample, var counts) = PredictionHead.Read(element);
            JsonElement size = element.GetProperty("size");
            int width = size[0].GetInt32(), height = size[1].GetInt32();
            ImmutableArray<int> runs = [.. element.GetProperty("runs").EnumerateArray().Select(r => r.GetInt32())];
            ClassRuns.ToMap(runs, width, height, classes);
            return new SegmentationPrediction(sample, width, height, runs, counts);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or ArgumentException or IndexOutOfRangeException or OverflowException)
        {
            throw new FormatException($"not a segmentation prediction: {e.Message}", e);
        }
    }

    /// <summary>
    /// As COCO-Stuff's results: {image_id, category_id, segmentation: {size: [height, width], counts}} for each class of a sample, with
    /// compressed run lengths down the columns; category_id is the class index.
    /// </summary>
    public static void WriteResults(Utf8JsonWriter writer, IEnumerable<SegmentationPrediction> predictions, int classes)
    {
        writer.WriteStartArray();
        foreach (SegmentationPrediction prediction in predictions)
        {
            LabelMap map = ClassRuns.ToMap(prediction.Runs, prediction.Width, prediction.Height, classes);
            foreach (int present in Enumerable.Range(0, prediction.Runs.Length / 2).Select(i => prediction.Runs[2 * i]).Distinct().Order())
            {
                writer.WriteStartObject();
                if (long.TryParse(prediction.SampleId, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                    writer.WriteNumber("image_id", number);
                else
                    writer.WriteString("image_id", prediction.SampleId);
                writer.WriteNumber("category_id", present);
                writer.WriteStartObject("segmentation");
                WriteNumbers(writer, "size", [map.Height, map.Width]);
                writer.WriteString("counts", RunLengths.Encode(ClassRuns.Mask(map.Values.Length, i => map.Values[(i % map.Height * map.Width) + (i / map.Height)] == present).AsSpan()));
                writer.WriteEndObject();
                writer.WriteEndObject();
            }
            // The writer keeps all that is not flushed, which would grow with the dataset.
            writer.Flush();
        }
        writer.WriteEndArray();
    }

    private static void WriteNumbers(Utf8JsonWriter writer, string name, ImmutableArray<int> numbers)
    {
        writer.WriteStartArray(name);
        foreach (int number in numbers)
            writer.WriteNumberValue(number);
        writer.WriteEndArray();
    }
}
