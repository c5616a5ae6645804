using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Datasets;

namespace Parity.Suites.Coco;

/// <summary>Reads COCO's annotation format for evaluation: no file names, no pictures, and of the shapes only those compared.</summary>
internal sealed class TruthReader
{
    private const string Mend = "Correct it, or what wrote the file.";
    private const string Federated = "federated annotations";

    private readonly MappedFile _file;
    private readonly CocoShape _shape;
    private readonly int _keypoints;
    private readonly CappedFaults _faults;
    private readonly MaskReader _masks;
    private readonly List<(long Id, int Width, int Height)> _images = [];
    private readonly List<CocoClass> _categories = [];
    private readonly List<(long Id, long Image, long Category, double Area, bool IsCrowd, bool IsIgnored)> _objects = [];
    private readonly List<double> _boxes = [], _points = [];
    private readonly List<long> _shapes = [];

    private TruthReader(MappedFile file, CocoShape shape, int keypoints) =>
        (_file, _shape, _keypoints, _faults, _masks) = (file, shape, keypoints, new CappedFaults(file.Name), new MaskReader(file));

    /// <param name="keypoints">Number of keypoints an object must have.</param>
    /// <exception cref="FaultException">Malformed, contradicting itself, or annotated in another way than COCO.</exception>
    public static TruthColumns Read(MappedFile file, CocoShape shape, int keypoints)
    {
        var reader = new TruthReader(file, shape, keypoints);
        try
        {
            reader.ReadTop();
        }
        catch (MalformedJsonException e)
        {
            throw file.Malformed(e);
        }
        return reader.Finish();
    }

    private void ReadTop()
    {
        JsonScanner json = _file.ScanFrom(0);
        if (json.Peek() != (byte)'{')
            throw new FaultException("the ground truth is not a JSON object", _file.Path, "Give the annotation file by --gt and the results by --dt.");
        bool hasImages = false, hasCategories = false;
        json.Begin('{');
        while (json.NextField(out ReadOnlySpan<byte> name))
        {
            string section = json.Text(name);
            if (section is not ("images" or "categories" or "annotations"))
            {
                json.Skip();
                continue;
            }
            hasImages |= section == "images";
            hasCategories |= section == "categories";
            if (json.Peek() != (byte)'[')
            {
                _faults.Add("section", "this is not a list", section, "Write a list of objects.");
                json.Skip();
                continue;
            }
            ReadSection(json, section);
        }
        json.End();
        if (!hasImages)
            _faults.Add("section", "there is no list 'images'", "(top)", "Give a file in COCO's format.");
        if (!hasCategories)
            _faults.Add("section", "there is no list 'categories'", "(top)", "Give a file in COCO's format.");
    }

    private void ReadSection(JsonScanner json, string section)
    {
        var entry = new EntryScanner(json, _faults, section, Mend);
        json.Begin('[');
        for (; json.NextElement(); entry.NextEntry())
        {
            if (json.Peek() != (byte)'{')
            {
                json.Skip();
                entry.Fault("this is not an object");
                continue;
            }
            json.Begin('{');
            switch (section)
            {
                case "images":
                    ReadImage(entry);
                    break;
                case "categories":
                    ReadCategory(entry);
                    break;
                default:
                    ReadAnnotation(entry);
                    break;
            }
        }
    }

    private void ReadImage(EntryScanner entry)
    {
        long? id = null;
        double width = 0, height = 0;
        while (entry.Json.NextField(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("id"u8))
                id = entry.Identifier("id");
            else if (name.SequenceEqual("width"u8))
                width = entry.Finite("width") ?? 0;
            else if (name.SequenceEqual("height"u8))
                height = entry.Finite("height") ?? 0;
            else
            {
                // LVIS says for each image which categories were looked for: others are unknown there, and no misses.
                if (name.SequenceEqual("neg_category_ids"u8) || name.SequenceEqual("not_exhaustive_category_ids"u8))
                    RefuseFederated(entry, name.SequenceEqual("neg_category_ids"u8) ? "neg_category_ids" : "not_exhaustive_category_ids");
                entry.Json.Skip();
            }
        }
        if (id is null)
            entry.Fault("'id' is missing or wrong");
        // More is no picture, and areas stay within 31 bits.
        if (!(width is >= 0 and <= 65535 && height is >= 0 and <= 32767))
            entry.Fault(FormattableString.Invariant($"width {width} and height {height} are not those of a picture"));
        _images.Add((id ?? 0, (int)width, (int)height));
    }

    private void RefuseFederated(EntryScanner entry, string field) => _faults.Add(
        Federated, $"the annotations are federated as LVIS's ('{field}'): not every category was looked for in every image", $"images[{entry.Index}]",
        "Use LVIS's own evaluation; COCO's would count unknown objects as false positives.");

    private void ReadCategory(EntryScanner entry)
    {
        long? id = null;
        string? text = null;
        while (entry.Json.NextField(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("id"u8))
                id = entry.Identifier("id");
            else if (name.SequenceEqual("name"u8))
                text = entry.Text("name");
            else
                entry.Json.Skip();
        }
        if (id is null || text is null)
            entry.Fault("'id' or 'name' is missing or wrong");
        _categories.Add(new CocoClass(id ?? 0, text ?? ""));
    }

    private void ReadAnnotation(EntryScanner entry)
    {
        long? id = null, image = null, category = null;
        double? area = null, visible = null;
        bool crowd = false, hasBox = false, hasPoints = false;
        long shape = -1;
        Span<double> box = stackalloc double[4];
        Span<double> points = stackalloc double[_keypoints * 3];
        while (entry.Json.NextField(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("id"u8))
                id = entry.Identifier("id");
            else if (name.SequenceEqual("image_id"u8))
                image = entry.Identifier("image_id");
            else if (name.SequenceEqual("category_id"u8))
                category = entry.Identifier("category_id");
            else if (name.SequenceEqual("area"u8))
                area = entry.Finite("area");
            else if (name.SequenceEqual("iscrowd"u8))
                crowd = entry.Flag("iscrowd");
            else if (name.SequenceEqual("bbox"u8) && _shape != CocoShape.Mask)
                hasBox = entry.Box(box);
            else if (name.SequenceEqual("keypoints"u8) && _shape == CocoShape.Keypoints)
                hasPoints = entry.Numbers("keypoints", points);
            else if (name.SequenceEqual("num_keypoints"u8) && _shape == CocoShape.Keypoints)
                visible = entry.Finite("num_keypoints");
            else if (name.SequenceEqual("segmentation"u8) && _shape == CocoShape.Mask)
            {
                entry.Json.Peek();
                shape = entry.Json.Offset;
                _masks.ScanExtent(entry);
            }
            else
                entry.Json.Skip();
        }
        Need(entry, id is not null, "id");
        Need(entry, image is not null, "image_id");
        Need(entry, category is not null, "category_id");
        Need(entry, area is not null, "area");
        Need(entry, hasBox || _shape == CocoShape.Mask, "bbox");
        Need(entry, hasPoints || _shape != CocoShape.Keypoints, "keypoints");
        Need(entry, shape >= 0 || _shape != CocoShape.Mask, "segmentation");
        if (area < 0)
            entry.Fault(FormattableString.Invariant($"area is {area}"));
        for (int k = 0; k < _keypoints && visible is null; k++)
            visible = points[(k * 3) + 2] > 0 ? 1 : k == _keypoints - 1 ? 0 : null;
        _objects.Add((id ?? 0, image ?? 0, category ?? 0, area ?? 0, crowd, crowd || (_shape == CocoShape.Keypoints && visible == 0)));
        if (_shape != CocoShape.Mask)
            _boxes.AddRange(box);
        if (_shape == CocoShape.Keypoints)
            _points.AddRange(points);
        if (_shape == CocoShape.Mask)
            _shapes.Add(shape);
    }

    private static void Need(EntryScanner entry, bool present, string field)
    {
        if (!present && !entry.HasFaults)
            entry.Fault($"'{field}' is missing");
    }

    private TruthColumns Finish()
    {
        _images.Sort((a, b) => a.Id.CompareTo(b.Id));
        _categories.Sort((a, b) => a.Id.CompareTo(b.Id));
        Dictionary<long, int> samples = IndexOf(_images.Select(i => i.Id), "images"), categories = IndexOf(_categories.Select(c => c.Id), "categories");
        IndexOf(_objects.Select(o => o.Id), "annotations");
        var truth = new CocoTruth(new int[_objects.Count], new int[_objects.Count], new CocoObject[_objects.Count]);
        for (int i = 0; i < _objects.Count; i++)
        {
            var item = _objects[i];
            if (!samples.TryGetValue(item.Image, out truth.Samples[i]))
                _faults.Add("annotation of an unknown image", $"image_id {item.Image} is not in images", $"annotations[{i}] (id {item.Id})", "Add the image or remove the annotation.");
            if (!categories.TryGetValue(item.Category, out truth.Categories[i]))
                _faults.Add("annotation of an unknown category", $"category_id {item.Category} is not in categories", $"annotations[{i}] (id {item.Id})", "Add the category or correct the annotation.");
            truth.Objects[i] = new CocoObject(item.Id, item.Area, item.IsCrowd, item.IsIgnored);
        }
        _faults.ThrowIfAny();
        return new TruthColumns(
            [.. _images.Select(i => i.Id)], [.. _images.Select(i => i.Width)], [.. _images.Select(i => i.Height)], [.. _categories], truth, [.. _boxes], [.. _shapes], [.. _points]);
    }

    private Dictionary<long, int> IndexOf(IEnumerable<long> ids, string section)
    {
        var seen = new Dictionary<long, int>();
        foreach (long id in ids)
        {
            if (!seen.TryAdd(id, seen.Count))
                _faults.Add($"duplicate id in {section}", $"id {id} stands there twice", section, "Give each its own id.");
        }
        return seen;
    }
}
