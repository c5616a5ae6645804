using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Datasets;

/// <summary>Boxes from a file of COCO results: a list of {image_id, category_id, bbox, score}. Boxes of images or categories that the annotations do not have are left out.</summary>
public sealed class DetectionsFile
{
    private readonly FrozenDictionary<long, ImmutableArray<DetectedBox>> _boxes;

    private DetectionsFile(string sha256, FrozenDictionary<long, ImmutableArray<DetectedBox>> boxes) => (Sha256, _boxes) = (sha256, boxes);

    /// <summary>Of the file, lower-case hex.</summary>
    public string Sha256 { get; }

    /// <summary>In file order.</summary>
    public ImmutableArray<DetectedBox> Of(long imageId) => _boxes.GetValueOrDefault(imageId, []);

    /// <exception cref="FaultException">The file is missing, no JSON, or an entry is no detection; of those at most twenty.</exception>
    public static DetectionsFile Read(string path, CocoContent content)
    {
        byte[] bytes;
        var faults = new CappedFaults(Path.GetFileName(path));
        var boxes = new Dictionary<long, ImmutableArray<DetectedBox>.Builder>();
        ImmutableArray<long> categories = [.. content.Categories.Select(c => c.Id).Order()];
        try
        {
            bytes = File.ReadAllBytes(path);
            using var document = JsonDocument.Parse(bytes);
            int index = 0;
            foreach (JsonElement item in document.RootElement.EnumerateArray())
            {
                if (Entry(item, categories, index++) is not { } entry)
                    faults.Add("detection", "this is no detection with image_id, category_id, bbox and a finite score", $"[{index - 1}]", "Correct it, or what wrote the file.");
                else if (entry.Box.Category >= 0)
                    (boxes.TryGetValue(entry.Image, out var list) ? list : boxes[entry.Image] = ImmutableArray.CreateBuilder<DetectedBox>()).Add(entry.Box);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException)
        {
            throw new FaultException($"the detections cannot be read: {e.Message.TrimEnd('.')}", path, "Give a file of COCO results: a list of image_id, category_id, bbox and score.");
        }
        faults.ThrowIfAny();
        return new DetectionsFile(Convert.ToHexStringLower(SHA256.HashData(bytes)), boxes.ToFrozenDictionary(b => b.Key, b => b.Value.ToImmutable()));
    }

    /// <summary>Null where the entry is no detection; a category of -1 where the annotations do not have it.</summary>
    private static (long Image, DetectedBox Box)? Entry(JsonElement item, ImmutableArray<long> categories, int index)
    {
        if (item.ValueKind != JsonValueKind.Object || !item.TryGetProperty("image_id", out JsonElement image) || !item.TryGetProperty("category_id", out JsonElement category)
            || !item.TryGetProperty("bbox", out JsonElement box) || !item.TryGetProperty("score", out JsonElement score)
            || box.ValueKind != JsonValueKind.Array || box.GetArrayLength() != 4 || image.ValueKind != JsonValueKind.Number || category.ValueKind != JsonValueKind.Number)
            return null;
        var values = new float[5];
        for (int i = 0; i < values.Length; i++)
        {
            JsonElement number = i < 4 ? box[i] : score;
            if (number.ValueKind != JsonValueKind.Number || !number.TryGetSingle(out values[i]) || !float.IsFinite(values[i]))
                return null;
        }
        int known = Math.Max(categories.BinarySearch(category.GetInt64()), -1);
        return (image.GetInt64(), new DetectedBox(values[0], values[1], values[2], values[3], values[4], known, index));
    }
}
