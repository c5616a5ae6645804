using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Journals;

namespace Parity.Suites.Detection;

/// <summary>Predictions as JSON: exactly for the run folder, and as COCO results for other tools.</summary>
public static class DetectionJournal
{
    private const int FlushBytes = 64 * 1024;

    /// <summary>{"sample", "counts", "boxes": [[x, y, width, height, score, category, candidate], ...]}; floats in their shortest exact form.</summary>
    public static void Write(Utf8JsonWriter writer, DetectionPrediction prediction)
    {
        writer.WriteStartObject();
        PredictionHead.Write(writer, prediction);
        writer.WriteStartArray("boxes");
        foreach (DetectedBox box in prediction.Boxes)
            WriteBox(writer, box);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <param name="categories">Number of categories, which bounds the indices.</param>
    /// <exception cref="FormatException">Not written by <see cref="Write"/>, or for other categories.</exception>
    public static DetectionPrediction Read(JsonElement element, int categories)
    {
        try
        {
            (string sample, var counts) = PredictionHead.Read(element);
            JsonElement list = element.GetProperty("boxes");
            var boxes = ImmutableArray.CreateBuilder<DetectedBox>(list.GetArrayLength());
            foreach (JsonElement item in list.EnumerateArray())
                boxes.Add(ReadBox(item, categories));
            return new DetectionPrediction(sample, boxes.MoveToImmutable(), counts);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"not a detection prediction: {e.Message}", e);
        }
    }

    /// <summary>
    /// COCO's results format, an array of {image_id, category_id, bbox, score}. Numbers are the floats widened to double, so that pycocotools
    /// computes from the file exactly what the product computes from the predictions.
    /// </summary>
    public static void WriteResults(Utf8JsonWriter writer, IEnumerable<DetectionPrediction> predictions, ImmutableArray<BoxCategory> categories)
    {
        writer.WriteStartArray();
        foreach (DetectionPrediction prediction in predictions)
        {
            foreach (DetectedBox box in prediction.Boxes)
            {
                writer.WriteStartObject();
                WriteResult(writer, prediction.SampleId, box, categories);
                writer.WriteEndObject();
            }
            FlushIfLarge(writer);
        }
        writer.WriteEndArray();
    }

    /// <summary>The properties that a result of any kind has: image_id, category_id, bbox, score.</summary>
    internal static void WriteResult(Utf8JsonWriter writer, string sampleId, in DetectedBox box, ImmutableArray<BoxCategory> categories)
    {
        if (long.TryParse(sampleId, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long number))
            writer.WriteNumber("image_id", number);
        else
            writer.WriteString("image_id", sampleId);
        writer.WriteNumber("category_id", categories[box.Category].Id);
        writer.WriteStartArray("bbox");
        writer.WriteNumberValue((double)box.X);
        writer.WriteNumberValue((double)box.Y);
        writer.WriteNumberValue((double)box.Width);
        writer.WriteNumberValue((double)box.Height);
        writer.WriteEndArray();
        writer.WriteNumber("score", (double)box.Score);
    }

    /// <summary>The writer keeps all that is not flushed, which would grow with the dataset.</summary>
    internal static void FlushIfLarge(Utf8JsonWriter writer)
    {
        if (writer.BytesPending > FlushBytes)
            writer.Flush();
    }

    internal static void WriteBox(Utf8JsonWriter writer, in DetectedBox box)
    {
        writer.WriteStartArray();
        writer.WriteNumberValue(box.X);
        writer.WriteNumberValue(box.Y);
        writer.WriteNumberValue(box.Width);
        writer.WriteNumberValue(box.Height);
        writer.WriteNumberValue(box.Score);
        writer.WriteNumberValue(box.Category);
        writer.WriteNumberValue(box.Candidate);
        writer.WriteEndArray();
    }

    internal static DetectedBox ReadBox(JsonElement item, int categories)
    {
        if (item.GetArrayLength() != 7)
            throw new FormatException($"a box of {item.GetArrayLength()} values instead of 7");
        var box = new DetectedBox(Finite(item[0]), Finite(item[1]), Finite(item[2]), Finite(item[3]), Finite(item[4]), item[5].GetInt32(), item[6].GetInt32());
        return box.Category >= 0 && box.Category < categories ? box : throw new FormatException($"category index {box.Category} of {categories}");
    }

    internal static float Finite(JsonElement number)
    {
        float value = number.GetSingle();
        return float.IsFinite(value) ? value : throw new FormatException($"{number} is no finite float");
    }
}
