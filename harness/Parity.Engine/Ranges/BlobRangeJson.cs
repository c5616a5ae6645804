using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Ranges;

/// <summary>The JSON in which MQBench hands ranges to TensorRT: <c>{"tensorrt": {"blob_range": {"tensor": largest magnitude}}}</c>.</summary>
public static class BlobRangeJson
{
    public static RangeFormat Format { get; } = new("trt-json", "MQBench's JSON of blob ranges", text => text.TrimStart('\uFEFF', ' ', '\t', '\r', '\n').StartsWith('{'), Read, Write);

    private static ImmutableArray<NamedRange> Read(string text, string file, FaultList faults)
    {
        JsonDocument document;
        try
        {
            document = JsonDocument.Parse(text);
        }
        catch (JsonException e)
        {
            faults.Add("not valid JSON", $"{file}:{e.LineNumber + 1}", "Mend the line, or export the file again.");
            return [];
        }
        using (document)
        {
            if (!(document.RootElement.TryGetProperty("tensorrt", out JsonElement target) && target.ValueKind == JsonValueKind.Object
                && target.TryGetProperty("blob_range", out JsonElement blobs) && blobs.ValueKind == JsonValueKind.Object))
            {
                faults.Add("it has no section tensorrt.blob_range", file, "Give the file that MQBench writes beside a TensorRT model.");
                return [];
            }
            var ranges = ImmutableArray.CreateBuilder<NamedRange>();
            foreach (JsonProperty blob in blobs.EnumerateObject())
            {
                if (blob.Value.ValueKind == JsonValueKind.Number && blob.Value.TryGetSingle(out float magnitude) && float.IsFinite(magnitude) && magnitude >= 0)
                    ranges.Add(new NamedRange(blob.Name, new ValueRange(-magnitude, magnitude)));
                else
                    faults.Add($"{blob.Value.GetRawText()} is no largest magnitude", $"{file}:{Line(text, blob.Name)} tensorrt.blob_range.{blob.Name}", "Write a finite number that is not negative.");
            }
            return ranges.ToImmutable();
        }
    }

    private static int Line(string text, string name) => text.AsSpan(0, Math.Max(0, text.IndexOf($"\"{name}\"", StringComparison.Ordinal))).Count('\n') + 1;

    private static string Write(ImmutableArray<QuantizedRange> ranges, FaultList faults)
    {
        RangeFile.RequireSymmetric(ranges, Format.Name, faults);
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, new JsonWriterOptions { Indented = true, NewLine = "\n" }))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("tensorrt");
            writer.WriteStartObject("blob_range");
            foreach (QuantizedRange range in ranges)
                writer.WriteNumber(range.Tensor, RangeFile.Symmetric(range.Scale, 127).Max);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteEndObject();
        }
        return Encoding.UTF8.GetString(stream.ToArray()) + "\n";
    }
}
