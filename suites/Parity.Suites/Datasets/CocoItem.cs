using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Parity.Suites.Datasets;

/// <summary>The fields of one object of images, categories or annotations, as far as they are there and of the right type.</summary>
internal sealed class CocoItem
{
    private const string Mend = "Correct it, or what wrote the file.";

    private readonly List<string> _wrong = [];
    private long? _id, _imageId, _categoryId;
    private string? _fileName, _name;
    private double? _width, _height, _area;
    private double[]? _box;
    private bool _isCrowd;
    private JsonRange _json;

    /// <summary>What faults in the fields of a section are alike in.</summary>
    public static string Kind(string section) => $"wrong fields in {section}";

    /// <summary>Reads the value the reader stands on, whatever it is.</summary>
    /// <param name="start">Bytes of the file before the reader's first.</param>
    public static CocoItem Read(ref Utf8JsonReader reader, int start)
    {
        var item = new CocoItem();
        long from = reader.TokenStartIndex;
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            item._wrong.Add("this is not an object");
            reader.Skip();
            return item;
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            item.ReadField(ref reader);
        item._json = new JsonRange(start + from, (int)(reader.BytesConsumed - from));
        return item;
    }

    public void AddTo(ImmutableArray<CocoImage>.Builder images, int index, CappedFaults faults)
    {
        Need(_id, "id");
        Need(_fileName, "file_name");
        Need(_width, "width");
        Need(_height, "height");
        // Up to 65536 a side: more is no picture, and areas stay within 32 bits.
        if (_width is not (null or (>= 1 and <= 65536)) || _height is not (null or (>= 1 and <= 65536)))
            _wrong.Add($"width {_width} and height {_height} are not those of a picture");
        if (IsSound("images", index, faults))
            images.Add(new CocoImage(_id!.Value, _fileName!, (int)_width!.Value, (int)_height!.Value));
    }

    public void AddTo(ImmutableArray<CocoCategory>.Builder categories, int index, CappedFaults faults)
    {
        Need(_id, "id");
        Need(_name, "name");
        if (IsSound("categories", index, faults))
            categories.Add(new CocoCategory(_id!.Value, _name!, _json));
    }

    public void AddTo(ImmutableArray<CocoAnnotation>.Builder annotations, int index, CappedFaults faults)
    {
        Need(_id, "id");
        Need(_imageId, "image_id");
        Need(_categoryId, "category_id");
        Need(_box, "bbox");
        if (_box is [_, _, var w, var h] && !(w >= 0 && h >= 0))
            _wrong.Add(FormattableString.Invariant($"bbox is {w} wide and {h} high"));
        if (_area < 0)
            _wrong.Add(FormattableString.Invariant($"area is {_area}"));
        if (IsSound("annotations", index, faults))
            annotations.Add(new CocoAnnotation(_id!.Value, _imageId!.Value, _categoryId!.Value, _box![0], _box[1], _box[2], _box[3], _area, _isCrowd, _json));
    }

    private void ReadField(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("id"u8))
            _id = Identifier(ref reader, "id");
        else if (reader.ValueTextEquals("image_id"u8))
            _imageId = Identifier(ref reader, "image_id");
        else if (reader.ValueTextEquals("category_id"u8))
            _categoryId = Identifier(ref reader, "category_id");
        else if (reader.ValueTextEquals("file_name"u8))
            _fileName = Text(ref reader, "file_name");
        else if (reader.ValueTextEquals("name"u8))
            _name = Text(ref reader, "name");
        else if (reader.ValueTextEquals("width"u8))
            _width = Whole(ref reader, "width");
        else if (reader.ValueTextEquals("height"u8))
            _height = Whole(ref reader, "height");
        else if (reader.ValueTextEquals("area"u8))
        {
            reader.Read();
            _area = Number(ref reader);
            if (_area is null)
                _wrong.Add("area is no finite number");
        }
        else if (reader.ValueTextEquals("iscrowd"u8))
            _isCrowd = Flag(ref reader, "iscrowd");
        else if (reader.ValueTextEquals("bbox"u8))
            _box = Box(ref reader);
        else
        {
            reader.Read();
            reader.Skip();
        }
    }

    // Some exporters write ids as text; "2299" and 2299 are then the same image.
    private long? Identifier(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && long.TryParse(reader.GetString(), NumberStyles.None, CultureInfo.InvariantCulture, out long id))
            return id;
        return WholeHere(ref reader, field);
    }

    private long? Whole(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        return WholeHere(ref reader, field);
    }

    private long? WholeHere(ref Utf8JsonReader reader, string field)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value))
            return value;
        _wrong.Add($"{field} is no whole number");
        reader.Skip();
        return null;
    }

    private string? Text(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String && reader.GetString() is { Length: > 0 } text)
            return text;
        _wrong.Add($"{field} is no text");
        reader.Skip();
        return null;
    }

    // COCO writes 0 and 1; some exporters write false and true.
    private bool Flag(ref Utf8JsonReader reader, string field)
    {
        reader.Read();
        if (reader.TokenType is JsonTokenType.True or JsonTokenType.False)
            return reader.GetBoolean();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out long value) && value is 0 or 1)
            return value == 1;
        _wrong.Add($"{field} is neither 0 nor 1");
        reader.Skip();
        return false;
    }

    private double[]? Box(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            _wrong.Add("bbox is no list");
            reader.Skip();
            return null;
        }
        var box = new double[4];
        int count = 0;
        bool sound = true;
        for (; reader.Read() && reader.TokenType != JsonTokenType.EndArray; count++)
        {
            double? number = Number(ref reader);
            sound &= number is not null;
            if (count < 4)
                box[count] = number ?? 0;
        }
        if (sound && count == 4)
            return box;
        _wrong.Add("bbox is not four finite numbers");
        return null;
    }

    // 1e999 parses as infinity.
    private static double? Number(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetDouble(out double value) && double.IsFinite(value))
            return value;
        reader.Skip();
        return null;
    }

    private void Need(object? value, string field)
    {
        if (value is null && !_wrong.Any(w => w.StartsWith(field, StringComparison.Ordinal) || w.StartsWith("this", StringComparison.Ordinal)))
            _wrong.Add($"'{field}' is missing");
    }

    private bool IsSound(string section, int index, CappedFaults faults)
    {
        foreach (string what in _wrong)
            faults.Add(Kind(section), what, _id is { } id ? $"{section}[{index}] (id {id})" : $"{section}[{index}]", Mend);
        return _wrong.Count == 0;
    }
}
