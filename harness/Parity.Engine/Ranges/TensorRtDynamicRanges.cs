using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Ranges;

/// <summary>The dynamic ranges that TensorRT's sampleINT8API gives to <c>setDynamicRange</c>: lines <c>tensor: largest magnitude</c>.</summary>
public static class TensorRtDynamicRanges
{
    public static RangeFormat Format { get; } = new("trt-dynamic-ranges", "lines 'tensor: largest magnitude'", _ => true, Read, Write);

    private static ImmutableArray<NamedRange> Read(string text, string file, FaultList faults)
    {
        var ranges = ImmutableArray.CreateBuilder<NamedRange>();
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r', ' ');
            if (line.Length == 0)
                continue;
            int colon = line.LastIndexOf(':');
            if (colon <= 0 || !float.TryParse(line[(colon + 1)..], NumberStyles.Float, CultureInfo.InvariantCulture, out float magnitude) || !(float.IsFinite(magnitude) && magnitude >= 0))
                faults.Add($"'{line}' is not 'tensor: largest magnitude'", $"{file}:{i + 1}", "Write a finite number that is not negative behind the tensor's name.");
            else
                ranges.Add(new NamedRange(line[..colon], new ValueRange(-magnitude, magnitude)));
        }
        return ranges.ToImmutable();
    }

    private static string Write(ImmutableArray<QuantizedRange> ranges, FaultList faults)
    {
        RangeFile.RequireSymmetric(ranges, Format.Name, faults);
        var text = new StringBuilder();
        foreach (QuantizedRange range in ranges)
            text.Append(CultureInfo.InvariantCulture, $"{range.Tensor}: {RangeFile.Symmetric(range.Scale, 127).Max:R}\n");
        return text.ToString();
    }
}
