using System.Globalization;
using System.Runtime.CompilerServices;
using Parity.Suites.Datasets;

namespace Parity.Suites.Coco;

/// <summary>Reads fields of COCO's entries and says which entry is wrong and in what.</summary>
/// <param name="section">Name of the list, empty for a results file, which is the list.</param>
internal sealed class EntryScanner(JsonScanner json, CappedFaults faults, string section, string remedy)
{
    public JsonScanner Json { get; } = json;

    /// <summary>Index of the entry now read.</summary>
    public int Index { get; private set; }

    /// <summary>Whether something is wrong with the entry now read.</summary>
    public bool HasFaults { get; private set; }

    public void NextEntry() => (Index, HasFaults) = (Index + 1, false);

    public void Fault(string what)
    {
        HasFaults = true;
        faults.Add($"wrong fields in {(section.Length > 0 ? section : "results")}", what, $"{section}[{Index}]", remedy);
    }

    /// <summary>A whole number; some exporters write ids as text, "2299" and 2299 are then the same. Null after a fault.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public long? Identifier(string field)
    {
        if (Json.Peek() == (byte)'"')
        {
            if (long.TryParse(Json.String(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long text))
                return text;
        }
        else if (Json.TryNumber(out double value) && value == Math.Floor(value) && Math.Abs(value) < 1L << 53)
        {
            return (long)value;
        }
        Fault($"{field} is no whole number");
        return null;
    }

    public double? Finite(string field)
    {
        if (Json.TryNumber(out double value) && double.IsFinite(value))
            return value;
        Fault($"{field} is no finite number");
        return null;
    }

    /// <summary>COCO writes 0 and 1; some exporters write false and true.</summary>
    public bool Flag(string field)
    {
        if (Json.Peek() is (byte)'t' or (byte)'f')
        {
            bool set = Json.Peek() == (byte)'t';
            Json.Skip();
            return set;
        }
        if (Json.TryNumber(out double value) && value is 0 or 1)
            return value == 1;
        Fault($"{field} is neither 0 nor 1");
        return false;
    }

    public string? Text(string field)
    {
        if (Json.Peek() == (byte)'"')
            return Json.Text(Json.String());
        Json.Skip();
        Fault($"{field} is no text");
        return null;
    }

    /// <summary>A list of exactly as many finite numbers as there is room for; 0 numbers are "absent", as COCO takes an empty bbox.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public bool Numbers(string field, Span<double> values)
    {
        if (Json.Peek() != (byte)'[')
        {
            Json.Skip();
            Fault($"{field} is no list");
            return false;
        }
        int count = 0;
        bool finite = true;
        Json.Begin('[');
        while (Json.NextElement())
        {
            finite &= Json.TryNumber(out double value) && double.IsFinite(value);
            if (count < values.Length)
                values[count] = value;
            count++;
        }
        if (count == 0)
            return false;
        if (count != values.Length)
            Fault($"{field} is {count} numbers instead of {values.Length}");
        else if (!finite)
            Fault($"{field} has a value that is no finite number");
        return finite && count == values.Length;
    }

    /// <summary>x, y, width, height around keypoints, each x, y and visibility.</summary>
    public bool Surround(Span<double> box)
    {
        if (Json.Peek() != (byte)'[')
        {
            Json.Skip();
            Fault("keypoints is no list");
            return false;
        }
        Span<double> least = [double.PositiveInfinity, double.PositiveInfinity, 0], most = [double.NegativeInfinity, double.NegativeInfinity, 0];
        int count = 0;
        bool finite = true;
        Json.Begin('[');
        for (; Json.NextElement(); count++)
        {
            finite &= Json.TryNumber(out double value) && double.IsFinite(value);
            (least[count % 3], most[count % 3]) = (Math.Min(least[count % 3], value), Math.Max(most[count % 3], value));
        }
        if (count == 0 || count % 3 != 0)
            Fault($"keypoints is {count} numbers, which are no triples");
        else if (!finite)
            Fault("keypoints has a value that is no finite number");
        (box[0], box[1], box[2], box[3]) = (least[0], least[1], most[0] - least[0], most[1] - least[1]);
        return !HasFaults;
    }

    /// <summary>x, y, width, height.</summary>
    public bool Box(Span<double> box)
    {
        if (!Numbers("bbox", box))
            return false;
        if (box[2] >= 0 && box[3] >= 0)
            return true;
        Fault(FormattableString.Invariant($"bbox is {box[2]} wide and {box[3]} high"));
        return false;
    }
}
