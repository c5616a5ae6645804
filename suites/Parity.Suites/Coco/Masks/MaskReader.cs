using Parity.Core;

namespace Parity.Suites.Coco;

/// <summary>Reads a <c>segmentation</c>: polygons, run lengths or compressed run lengths. Holds scratch memory: one instance a thread.</summary>
internal sealed class MaskReader(MappedFile file)
{
    private readonly RunLengths _runs = new();
    private readonly PolygonRaster _raster = new();
    private readonly List<double> _points = [];
    private readonly List<int> _counts = [];
    private readonly List<int> _corners = [];
    private readonly Mask _part = new(), _sum = new();
    private int _height, _width;

    private enum Form { Polygons, Runs, Wrong }

    /// <summary>Checks the segmentation in front of the scanner.</summary>
    /// <returns>Unknown for polygons, which need the picture's size.</returns>
    public MaskExtent ScanExtent(EntryScanner entry)
    {
        Form form = Scan(entry.Json, out string? wrong);
        if (wrong is not null)
            entry.Fault(wrong);
        // Wrong runs may be of more pixels than any picture has.
        return form == Form.Runs && wrong is null ? new MaskExtent((int)_runs.Span.First, (int)_runs.Span.End, (int)_runs.Set, _height, _width) : MaskExtent.Unknown;
    }

    /// <summary>x, y, width, height of the run lengths last scanned, as pycocotools' <c>toBbox</c>.</summary>
    public void Box(Span<double> box)
    {
        ReadOnlySpan<int> counts = _runs.Counts[..(_runs.Counts.Length / 2 * 2)];
        box.Clear();
        if (counts.IsEmpty || _height == 0)
            return;
        int left = _width, top = _height, right = 0, bottom = 0, at = 0, column = 0;
        for (int i = 0; i < counts.Length; i++)
        {
            at += counts[i];
            // First pixel of a run of set ones, then its last.
            (int x, int y) = Math.DivRem(at - (i & 1), _height);
            if ((i & 1) != 0 && column < x)
                (top, bottom) = (0, _height - 1);
            column = x;
            (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
        }
        (box[0], box[1], box[2], box[3]) = (left, top, right - left + 1, bottom - top + 1);
    }

    /// <summary>Draws the segmentation at an offset.</summary>
    /// <exception cref="FaultException">It is for a picture of another size, or there is no size.</exception>
    public void Read(long offset, int height, int width, Mask mask)
    {
        JsonScanner json = file.ScanFrom(offset);
        Form form = Scan(json, out string? wrong);
        if (wrong is not null)
            throw new FaultException(wrong, Where(offset), "Correct it, or what wrote the file.");
        if (form == Form.Runs)
        {
            if ((_height, _width) != (height, width))
                throw new FaultException($"the mask is {_width} x {_height} pixels, its image {width} x {height}", Where(offset), "Make masks of the size of their image.");
            mask.SetCounts(_runs.Counts);
            return;
        }
        if (height == 0 || width == 0)
            throw new FaultException("polygons need the size of their image, which 'images' does not have", Where(offset), "Add 'width' and 'height' to every image.");
        Draw(height, width, mask);
    }

    private string Where(long offset) => FormattableString.Invariant($"{file.Path}, segmentation at byte {offset}");

    private void Draw(int height, int width, Mask mask)
    {
        ReadOnlySpan<double> points = System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_points);
        if (_corners.Count == 1)
        {
            _raster.Draw(points, height, width, mask);
            return;
        }
        mask.Clear();
        int at = 0;
        foreach (int numbers in _corners)
        {
            _raster.Draw(points.Slice(at, numbers), height, width, _part);
            at += numbers;
            _sum.SetUnion(mask, _part);
            mask.CopyFrom(_sum);
        }
    }

    private Form Scan(JsonScanner json, out string? wrong)
    {
        wrong = null;
        switch (json.Peek())
        {
            case (byte)'[':
                wrong = ScanPolygons(json);
                return Form.Polygons;
            case (byte)'{':
                wrong = ScanRuns(json);
                return Form.Runs;
            default:
                json.Skip();
                wrong = "segmentation is neither a list of polygons nor run lengths";
                return Form.Wrong;
        }
    }

    private string? ScanPolygons(JsonScanner json)
    {
        string? wrong = null;
        _points.Clear();
        _corners.Clear();
        json.Begin('[');
        while (json.NextElement())
        {
            if (json.Peek() != (byte)'[')
            {
                json.Skip();
                wrong = "segmentation has a polygon that is no list";
                continue;
            }
            int before = _points.Count;
            json.Begin('[');
            while (json.NextElement())
            {
                if (!json.TryNumber(out double value) || !double.IsFinite(value))
                    wrong = "segmentation has a corner that is no finite number";
                _points.Add(value);
            }
            int numbers = _points.Count - before;
            // pycocotools takes four numbers for a box.
            if (numbers == 4)
                MakeBox(before);
            else if (numbers < 6)
                wrong = $"segmentation has a polygon of {numbers} numbers, less than three corners";
            else if (numbers % 2 != 0)
                wrong = $"segmentation has a polygon of {numbers} numbers, which are no pairs";
            _corners.Add(_points.Count - before);
        }
        return wrong ?? (_corners.Count == 0 ? "segmentation has no polygon" : null);
    }

    private void MakeBox(int at)
    {
        double x = _points[at], y = _points[at + 1], right = x + _points[at + 2], bottom = y + _points[at + 3];
        _points.RemoveRange(at, 4);
        _points.AddRange([x, y, x, bottom, right, bottom, right, y]);
    }

    private string? ScanRuns(JsonScanner json)
    {
        string? wrong = null;
        bool hasCounts = false, hasSize = false;
        json.Begin('{');
        while (json.NextField(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("size"u8))
                hasSize = ReadSize(json);
            else if (name.SequenceEqual("counts"u8) && json.Peek() == (byte)'"')
                (hasCounts, wrong) = (true, Decode(json));
            else if (name.SequenceEqual("counts"u8) && json.Peek() == (byte)'[')
                (hasCounts, wrong) = (true, ReadCounts(json));
            else
                json.Skip();
        }
        if (!hasSize || !hasCounts)
            return "segmentation has no 'size' of two numbers or no 'counts'";
        return wrong ?? (_runs.Total == (long)_height * _width ? null
            : FormattableString.Invariant($"the mask's runs are {_runs.Total} pixels of {_height} x {_width}"));
    }

    private string? Decode(JsonScanner json)
    {
        ReadOnlySpan<byte> text = json.String();
        string? wrong = _runs.Decode(text);
        // Some writers escape more than they must.
        return wrong is not null && text.Contains((byte)'\\')
            ? _runs.Decode(System.Text.Encoding.UTF8.GetBytes(json.Text(text).Replace("\\", "\\\\", StringComparison.Ordinal)))
            : wrong;
    }

    private string? ReadCounts(JsonScanner json)
    {
        string? wrong = null;
        _counts.Clear();
        json.Begin('[');
        while (json.NextElement())
        {
            if (!json.TryNumber(out double value) || value != Math.Floor(value) || value is not (>= 0 and <= int.MaxValue))
                (wrong, value) = ("counts have a run that is no number of pixels", 0);
            _counts.Add((int)value);
        }
        _runs.Assign(System.Runtime.InteropServices.CollectionsMarshal.AsSpan(_counts));
        return wrong;
    }

    private bool ReadSize(JsonScanner json)
    {
        if (json.Peek() != (byte)'[')
        {
            json.Skip();
            return false;
        }
        Span<double> size = stackalloc double[2];
        int count = 0;
        json.Begin('[');
        for (; json.NextElement(); count++)
        {
            json.TryNumber(out double value);
            if (count < 2)
                size[count] = value;
        }
        if (count != 2 || size[0] is not (>= 0 and <= 32767) || size[1] is not (>= 0 and <= 65535))
            return false;
        (_height, _width) = ((int)size[0], (int)size[1]);
        return true;
    }
}
