using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.Journals;

namespace Parity.Suites.InstanceMasks;

/// <summary>Predictions as JSON: exactly for the run folder, and as COCO results for other tools.</summary>
public static class MaskJournal
{
    /// <summary>{"sample", "counts", "instances": [[box as <see cref="DetectionJournal"/>, width, height, compressed run lengths], ...]}.</summary>
    public static void Write(Utf8JsonWriter writer, MaskPrediction prediction)
    {
        writer.WriteStartObject();
        PredictionHead.Write(writer, prediction);
        writer.WriteStartArray("instances");
        foreach (DetectedMask instance in prediction.Instances)
        {
            writer.WriteStartArray();
            DetectionJournal.WriteBox(writer, instance.Box);
            writer.WriteNumberValue(instance.Mask.Width);
            writer.WriteNumberValue(instance.Mask.Height);
            writer.WriteStringValue(RunLengths.Encode(instance.Mask.Counts.AsSpan()));
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <param name="categories">Number of categories, which bounds the indices.</param>
    /// <exception cref="FormatException">Not written by <see cref="Write"/>, or for other categories.</exception>
    public static MaskPrediction Read(JsonElement element, int categories)
    {
        try
        {
            (string sample, var counts) = PredictionHead.Read(element);
            JsonElement list = element.GetProperty("instances");
            var instances = ImmutableArray.CreateBuilder<DetectedMask>(list.GetArrayLength());
            var runs = new RunLengths();
            foreach (JsonElement item in list.EnumerateArray())
            {
                if (item.GetArrayLength() != 4)
                    throw new FormatException("an instance that is not a box, a size and run lengths");
                (int width, int height) = (item[1].GetInt32(), item[2].GetInt32());
                string text = item[3].GetString() ?? "";
                // The decoder expects a file's bytes, in which a backslash stands twice.
                string? wrong = runs.Decode(System.Text.Encoding.UTF8.GetBytes(text.Replace("\\", "\\\\", StringComparison.Ordinal)));
                if (wrong is not null || width < 1 || height < 1 || runs.Total != (long)width * height)
                    throw new FormatException(wrong ?? $"a mask of {runs.Total} pixels for a picture of {width} x {height}");
                instances.Add(new DetectedMask(DetectionJournal.ReadBox(item[0], categories), new MaskRuns(width, height, [.. runs.Counts])));
            }
            return new MaskPrediction(sample, instances.MoveToImmutable(), counts);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"not a prediction of instance masks: {e.Message}", e);
        }
    }

    /// <summary>COCO's results format, an array of {image_id, category_id, bbox, score, segmentation: {size: [height, width], counts}} with compressed run lengths.</summary>
    public static void WriteResults(Utf8JsonWriter writer, IEnumerable<MaskPrediction> predictions, ImmutableArray<BoxCategory> categories)
    {
        writer.WriteStartArray();
        foreach (MaskPrediction prediction in predictions)
        {
            foreach (DetectedMask instance in prediction.Instances)
            {
                writer.WriteStartObject();
                DetectionJournal.WriteResult(writer, prediction.SampleId, instance.Box, categories);
                writer.WriteStartObject("segmentation");
                writer.WriteStartArray("size");
                writer.WriteNumberValue(instance.Mask.Height);
                writer.WriteNumberValue(instance.Mask.Width);
                writer.WriteEndArray();
                writer.WriteString("counts", RunLengths.Encode(instance.Mask.Counts.AsSpan()));
                writer.WriteEndObject();
                writer.WriteEndObject();
                DetectionJournal.FlushIfLarge(writer);
            }
        }
        writer.WriteEndArray();
    }
}
