using System.Runtime.CompilerServices;
using Parity.Core;
using Parity.Suites.Datasets;

namespace Parity.Suites.Coco;

/// <summary>Reads COCO's results format: a list of {image_id, category_id, score} with a bbox, a segmentation or keypoints.</summary>
internal sealed class ResultsReader
{
    private const string Mend = "Correct it, or what wrote the results.";

    /// <summary>Small enough that a thread which comes late, from the ground truth, still finds some to read.</summary>
    private const int PartsPerThread = 4;

    /// <summary>Bytes below which a second thread does not pay.</summary>
    private const long SmallFile = 1 << 20;

    private readonly MappedFile _file;
    private readonly CocoShape _shape;
    private readonly int _keypoints;
    private readonly CocoShape _first;

    /// <param name="first">Where pycocotools takes the area of every entry from, and its box where it has none: what the first entry has.</param>
    private ResultsReader(MappedFile file, CocoShape shape, int keypoints, CocoShape first) => (_file, _shape, _keypoints, _first) = (file, shape, keypoints, first);

    /// <exception cref="FaultException">Malformed, or entries with missing or wrong fields.</exception>
    public static ResultColumns Read(MappedFile file, CocoShape shape, int keypoints, int threads)
    {
        try
        {
            JsonScanner json = file.ScanFrom(0);
            if (json.Peek() != (byte)'[')
                throw new FaultException("the results are not a JSON list", file.Path, "Give the results by --dt and the annotation file by --gt.");
            var reader = new ResultsReader(file, shape, keypoints, First(json) ?? shape);
            return (threads > 1 && file.Length > SmallFile ? reader.ReadInParts(threads) : null) ?? reader.ReadWhole();
        }
        catch (MalformedJsonException e)
        {
            throw file.Malformed(e);
        }
    }

    /// <summary>Shape of the first entry: a box before a mask before keypoints; null when it has none.</summary>
    private static CocoShape? First(JsonScanner json)
    {
        json.Begin('[');
        if (!json.NextElement() || json.Peek() != (byte)'{')
            return null;
        bool has = false, hasMask = false, hasPoints = false;
        json.Begin('{');
        while (json.NextField(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("bbox"u8) && json.Peek() == (byte)'[')
            {
                json.Begin('[');
                while (json.NextElement())
                {
                    has = true;
                    json.Skip();
                }
            }
            else
            {
                hasMask |= name.SequenceEqual("segmentation"u8);
                hasPoints |= name.SequenceEqual("keypoints"u8);
                json.Skip();
            }
        }
        return has ? CocoShape.Box : hasMask ? CocoShape.Mask : hasPoints ? CocoShape.Keypoints : null;
    }

    private ResultColumns ReadWhole()
    {
        var faults = new CappedFaults(_file.Name);
        JsonScanner json = _file.ScanFrom(0);
        json.Begin('[');
        ResultColumns columns = ReadEntries(json, faults, _file.Length, out _);
        json.End();
        faults.ThrowIfAny();
        return columns;
    }

    /// <summary>
    /// Parts begin where an entry seems to, which is true if the part before ends exactly there. If not, or if anything is wrong, the
    /// answer is null and the file is read as a whole.
    /// </summary>
    private ResultColumns? ReadInParts(int threads)
    {
        var starts = new List<long> { 0 };
        int wanted = threads * PartsPerThread;
        for (int part = 1; part < wanted; part++)
        {
            long start = EntryAfter(_file.Length / wanted * part);
            if (start > starts[^1] && start < _file.Length)
                starts.Add(start);
        }
        var parts = new ResultColumns?[starts.Count];
        Threads.Share(threads, starts.Count, () => this, (reader, part) =>
        {
            try
            {
                parts[part] = reader.ReadPart(starts[part], part + 1 < starts.Count ? starts[part + 1] : null);
            }
            catch (Exception e) when (e is MalformedJsonException or FaultException)
            {
                parts[part] = null;
            }
        });
        if (parts.Contains(null))
            return null;
        parts[0]!.Reserve(parts.Sum(p => p!.Count));
        for (int part = 1; part < parts.Length; part++)
            parts[0]!.Append(parts[part]!);
        return parts[0];
    }

    private ResultColumns? ReadPart(long start, long? end)
    {
        var faults = new CappedFaults(_file.Name);
        JsonScanner json = _file.ScanFrom(start);
        if (start == 0)
            json.Begin('[');
        else
            json.Resume();
        ResultColumns columns = ReadEntries(json, faults, end ?? _file.Length, out bool closed);
        faults.ThrowIfAny();
        if (end is null && closed)
            json.End();
        return end is null ? closed ? columns : null : !closed && json.Offset == end ? columns : null;
    }

    /// <summary>The first place from an offset on that looks like the beginning of an entry: a '{' behind '}' and ','.</summary>
    private unsafe long EntryAfter(long offset)
    {
        const int Window = 1 << 20;
        var bytes = new ReadOnlySpan<byte>(_file.Start + offset, (int)Math.Min(Window, _file.Length - offset));
        for (int i = 0; i < bytes.Length; i++)
        {
            if (bytes[i] != (byte)'}')
                continue;
            int at = i + 1;
            bool comma = false;
            while (at < bytes.Length && (bytes[at] <= ' ' || (bytes[at] == (byte)',' && !comma)))
                comma |= bytes[at++] == (byte)',';
            if (comma && at < bytes.Length && bytes[at] == (byte)'{')
                return offset + at;
        }
        return _file.Length;
    }

    /// <param name="end">Where the next part begins.</param>
    /// <param name="closed">The list has ended.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private ResultColumns ReadEntries(JsonScanner json, CappedFaults faults, long end, out bool closed)
    {
        const int Sampled = 64;
        var entry = new EntryScanner(json, faults, "", Mend);
        var columns = new ResultColumns(_shape, _keypoints, Sampled);
        long start = json.Offset;
        Span<double> box = stackalloc double[4];
        Span<double> points = stackalloc double[_keypoints * 3];
        var masks = new MaskReader(_file);
        for (; json.NextElement(); entry.NextEntry())
        {
            json.Peek();
            if (json.Offset >= end)
            {
                closed = false;
                return columns;
            }
            if (columns.Count == Sampled)
                columns.Reserve((int)Math.Min((end - start) / Math.Max(1, (json.Offset - start) / Sampled) * 9 / 8, int.MaxValue / 8));
            ReadEntry(entry, columns, masks, box, points);
        }
        closed = true;
        return columns;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void ReadEntry(EntryScanner entry, ResultColumns columns, MaskReader masks, Span<double> box, Span<double> points)
    {
        JsonScanner json = entry.Json;
        if (json.Peek() != (byte)'{')
        {
            json.Skip();
            entry.Fault("this is not an object");
            return;
        }
        long? image = null, category = null;
        double? score = null;
        bool hasBox = false, hasPoints = false;
        double areaOfPose = double.NaN;
        long shape = -1;
        Span<double> derived = stackalloc double[4];
        MaskExtent extent = MaskExtent.Unknown;
        json.Begin('{');
        while (json.NextField(out ReadOnlySpan<byte> name))
        {
            if (name.SequenceEqual("image_id"u8))
                image = entry.Identifier("image_id");
            else if (name.SequenceEqual("category_id"u8))
                category = entry.Identifier("category_id");
            else if (name.SequenceEqual("score"u8))
                score = entry.Finite("score");
            else if (name.SequenceEqual("bbox"u8))
                hasBox = entry.Box(box);
            else if (name.SequenceEqual("segmentation"u8) && (_shape == CocoShape.Mask || (_shape, _first) == (CocoShape.Box, CocoShape.Mask)))
            {
                json.Peek();
                shape = json.Offset;
                extent = masks.ScanExtent(entry);
                if (_shape == CocoShape.Box && extent.Area < 0 && !entry.HasFaults)
                    entry.Fault("there is no bbox, and of masks only run lengths tell one");
                else if (_shape == CocoShape.Box && extent.Area >= 0)
                    masks.Box(derived);
            }
            else if (name.SequenceEqual("keypoints"u8) && (_shape, _first) == (CocoShape.Box, CocoShape.Keypoints))
                (hasPoints, areaOfPose) = entry.Surround(derived) ? (true, derived[2] * derived[3]) : (false, double.NaN);
            else if (name.SequenceEqual("keypoints"u8) && _shape == CocoShape.Keypoints)
                hasPoints = entry.Numbers("keypoints", points);
            else
                json.Skip();
        }
        Need(entry, image is not null, "image_id");
        Need(entry, category is not null, "category_id");
        Need(entry, score is not null, "score");
        CocoShape areaOf = _first == CocoShape.Box || _shape == CocoShape.Box ? _first : _shape;
        Need(entry, hasBox || areaOf != CocoShape.Box, "bbox");
        Need(entry, shape >= 0 || (_shape != CocoShape.Mask && areaOf != CocoShape.Mask), "segmentation");
        Need(entry, hasPoints || (_shape != CocoShape.Keypoints && areaOf != CocoShape.Keypoints), "keypoints");
        if (!hasBox)
            derived.CopyTo(box);
        double area = areaOf switch
        {
            CocoShape.Box => box[2] * box[3],
            CocoShape.Mask => extent.Area < 0 ? double.NaN : extent.Area,
            _ => _shape == CocoShape.Box ? areaOfPose : Extent(points),
        };
        if (!entry.HasFaults)
            columns.Add(image!.Value, category!.Value, score!.Value, area, box, shape, extent, points);
    }

    /// <summary>Area of the box around keypoints, which is what pycocotools takes for the area of a pose.</summary>
    private static double Extent(ReadOnlySpan<double> points)
    {
        double left = points[0], right = left, top = points[1], bottom = top;
        for (int i = 3; i < points.Length; i += 3)
        {
            (left, right) = (Math.Min(left, points[i]), Math.Max(right, points[i]));
            (top, bottom) = (Math.Min(top, points[i + 1]), Math.Max(bottom, points[i + 1]));
        }
        return (right - left) * (bottom - top);
    }

    private static void Need(EntryScanner entry, bool present, string field)
    {
        if (!present && !entry.HasFaults)
            entry.Fault($"'{field}' is missing");
    }
}
