using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Detection;
using Parity.Suites.Journals;

namespace Parity.Suites.Keypoints;

/// <summary>Predictions as JSON: exactly for the run folder, and as COCO results for other tools.</summary>
public static class PoseJournal
{
    /// <summary>{"sample", "counts", "poses": [[box as <see cref="DetectionJournal"/>, [x, y, score, x, y, score, ...]], ...]}; floats in their shortest exact form.</summary>
    public static void Write(Utf8JsonWriter writer, PosePrediction prediction)
    {
        writer.WriteStartObject();
        PredictionHead.Write(writer, prediction);
        writer.WriteStartArray("poses");
        foreach (DetectedPose pose in prediction.Poses)
        {
            writer.WriteStartArray();
            DetectionJournal.WriteBox(writer, pose.Box);
            writer.WriteStartArray();
            foreach (JointPoint joint in pose.Joints)
            {
                writer.WriteNumberValue(joint.X);
                writer.WriteNumberValue(joint.Y);
                writer.WriteNumberValue(joint.Score);
            }
            writer.WriteEndArray();
            writer.WriteEndArray();
        }
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    /// <param name="categories">Number of categories, which bounds the indices.</param>
    /// <param name="joints">Of each pose.</param>
    /// <exception cref="FormatException">Not written by <see cref="Write"/>, or for other categories or joints.</exception>
    public static PosePrediction Read(JsonElement element, int categories, int joints)
    {
        try
        {
            (string sample, var counts) = PredictionHead.Read(element);
            JsonElement list = element.GetProperty("poses");
            var poses = ImmutableArray.CreateBuilder<DetectedPose>(list.GetArrayLength());
            foreach (JsonElement item in list.EnumerateArray())
            {
                if (item.GetArrayLength() != 2 || item[1].GetArrayLength() != 3 * joints)
                    throw new FormatException($"a pose that is not a box and {joints} joints");
                float[] values = [.. item[1].EnumerateArray().Select(DetectionJournal.Finite)];
                poses.Add(new DetectedPose(
                    DetectionJournal.ReadBox(item[0], categories),
                    [.. Enumerable.Range(0, joints).Select(j => new JointPoint(values[3 * j], values[3 * j + 1], values[3 * j + 2]))]));
            }
            return new PosePrediction(sample, poses.MoveToImmutable(), counts);
        }
        catch (Exception e) when (e is KeyNotFoundException or InvalidOperationException or ArgumentException)
        {
            throw new FormatException($"not a pose prediction: {e.Message}", e);
        }
    }

    /// <summary>COCO's results format, an array of {image_id, category_id, bbox, score, keypoints: [x, y, score, ...]}; floats widened to double.</summary>
    public static void WriteResults(Utf8JsonWriter writer, IEnumerable<PosePrediction> predictions, ImmutableArray<BoxCategory> categories)
    {
        writer.WriteStartArray();
        foreach (PosePrediction prediction in predictions)
        {
            foreach (DetectedPose pose in prediction.Poses)
            {
                writer.WriteStartObject();
                DetectionJournal.WriteResult(writer, prediction.SampleId, pose.Box, categories);
                writer.WriteStartArray("keypoints");
                foreach (JointPoint joint in pose.Joints)
                {
                    writer.WriteNumberValue((double)joint.X);
                    writer.WriteNumberValue((double)joint.Y);
                    writer.WriteNumberValue((double)joint.Score);
                }
                writer.WriteEndArray();
                writer.WriteEndObject();
            }
            DetectionJournal.FlushIfLarge(writer);
        }
        writer.WriteEndArray();
    }
}
