using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using Parity.Core;

namespace Parity.Suites.Datasets;

/// <summary>
/// Reads COCO's annotation format (cocodataset.org, "Data format"): <c>images</c> and, for labelled data, <c>categories</c> and
/// <c>annotations</c>. One pass over the bytes without a document tree, so that train2017's 450 MB are no trouble.
/// </summary>
public static class CocoReader
{
    /// <exception cref="FaultException">The file is missing or malformed, or its parts contradict each other; all faults, of a kind at most twenty.</exception>
    public static CocoContent Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException($"the annotation file cannot be read: {e.Message.TrimEnd('.')}", path, "Correct the path in the suite, or fetch the dataset.");
        }
        string name = System.IO.Path.GetFileName(path);
        var faults = new CappedFaults(name);
        var images = ImmutableArray.CreateBuilder<CocoImage>();
        var categories = ImmutableArray.CreateBuilder<CocoCategory>();
        var annotations = ImmutableArray.CreateBuilder<CocoAnnotation>();
        try
        {
            ReadTop(bytes, faults, images, categories, annotations);
        }
        catch (JsonException e)
        {
            throw new FaultException($"the annotation file is not valid JSON: {e.Message.Split(" LineNumber:")[0].TrimEnd('.')}", $"{path}:{e.LineNumber + 1}:{e.BytePositionInLine + 1}",
                "Fetch the file again, or correct what wrote it; JSON has no NaN.");
        }
        var content = new CocoContent(path, Convert.ToHexStringLower(SHA256.HashData(bytes)), images.ToImmutable(), categories.ToImmutable(), annotations.ToImmutable());
        CheckReferences(content, faults);
        faults.ThrowIfAny();
        return content;
    }

    private static void ReadTop(byte[] bytes, CappedFaults faults, ImmutableArray<CocoImage>.Builder images,
        ImmutableArray<CocoCategory>.Builder categories, ImmutableArray<CocoAnnotation>.Builder annotations)
    {
        int start = bytes.AsSpan().StartsWith<byte>([0xEF, 0xBB, 0xBF]) ? 3 : 0;
        var reader = new Utf8JsonReader(bytes.AsSpan(start));
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            faults.Add("top", "the file is not a JSON object", "(start)", "Give the annotation file, not a list of results.");
            return;
        }
        bool hasImages = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string section = reader.GetString()!;
            reader.Read();
            if (section is not ("images" or "categories" or "annotations"))
            {
                reader.Skip();
                continue;
            }
            hasImages |= section == "images";
            if (reader.TokenType != JsonTokenType.StartArray)
            {
                faults.Add("section", "this is not a list", section, "Write a list of objects.");
                reader.Skip();
                continue;
            }
            for (int i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
            {
                var item = CocoItem.Read(ref reader, start);
                switch (section)
                {
                    case "images":
                        item.AddTo(images, i, faults);
                        break;
                    case "categories":
                        item.AddTo(categories, i, faults);
                        break;
                    default:
                        item.AddTo(annotations, i, faults);
                        break;
                }
            }
        }
        // Past the end of the object, so that bytes after it are a fault too.
        reader.Read();
        if (!hasImages)
            faults.Add("section", "there is no list 'images'", "(top)", "Give a file in COCO's format.");
    }

    private static void CheckReferences(CocoContent content, CappedFaults faults)
    {
        HashSet<long> images = Unique(content.Images.Select(i => i.Id), "images", faults);
        HashSet<long> categories = Unique(content.Categories.Select(c => c.Id), "categories", faults);
        Unique(content.Annotations.Select(a => a.Id), "annotations", faults);
        // A refused image or category would make every annotation of it look wrong too.
        bool knowsImages = !faults.Has(CocoItem.Kind("images")), knowsCategories = !faults.Has(CocoItem.Kind("categories"));
        foreach (CocoAnnotation annotation in content.Annotations)
        {
            if (knowsImages && !images.Contains(annotation.ImageId))
                faults.Add("annotation of an unknown image", $"image_id {annotation.ImageId} is not in images", $"annotations (id {annotation.Id})", "Add the image or remove the annotation.");
            if (knowsCategories && !categories.Contains(annotation.CategoryId))
                faults.Add("annotation of an unknown category", $"category_id {annotation.CategoryId} is not in categories", $"annotations (id {annotation.Id})", "Add the category or correct the annotation.");
        }
    }

    private static HashSet<long> Unique(IEnumerable<long> ids, string section, CappedFaults faults)
    {
        var seen = new HashSet<long>();
        foreach (long id in ids)
        {
            if (!seen.Add(id))
                faults.Add($"duplicate id in {section}", $"id {id} stands there twice", section, "Give each its own id.");
        }
        return seen;
    }
}
