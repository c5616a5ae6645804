using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Ranges;

/// <summary>
/// TensorRT's calibration cache: a header such as <c>TRT-8601-EntropyCalibration2</c>, then <c>tensor: hhhhhhhh</c>, the scale (largest magnitude / 127) as a big-endian float32 in hex.
/// Source: several independent parsers, targets.md 2.A. Leading zeros may be missing; a scale of zero says that the tensor was always zero.
/// </summary>
public static class TensorRtCalibrationCache
{
    public static RangeFormat Format { get; } = new("trt-cache", "TensorRT's calibration cache", text => text.TrimStart('\uFEFF').StartsWith("TRT-", StringComparison.Ordinal), Read, Write);

    private static ImmutableArray<NamedRange> Read(string text, string file, FaultList faults)
    {
        var ranges = ImmutableArray.CreateBuilder<NamedRange>();
        string[] lines = text.Split('\n');
        for (int i = 1; i < lines.Length; i++)
        {
            string line = lines[i].TrimEnd('\r', ' ');
            if (line.Length == 0)
                continue;
            // Names may hold colons.
            int colon = line.LastIndexOf(':');
            string digits = colon < 0 ? "" : line[(colon + 1)..].Trim();
            if (colon <= 0 || !uint.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint bits))
                faults.Add($"'{line}' is not 'tensor: eight hex digits'", $"{file}:{i + 1}", "Mend the line, or let TensorRT write the cache again.");
            else if (BitConverter.UInt32BitsToSingle(bits) is var scale && !(float.IsFinite(scale) && scale >= 0))
                faults.Add($"the scale {digits} is {scale.ToString(CultureInfo.InvariantCulture)}", $"{file}:{i + 1}", "A scale is finite and not negative: calibrate again.");
            else
                ranges.Add(new NamedRange(line[..colon], RangeFile.Symmetric(scale, 127)));
        }
        return ranges.ToImmutable();
    }

    /// <summary>The header names no TensorRT, whose caches are bound to a version; 8601 is that of the last samples that use them.</summary>
    private static string Write(ImmutableArray<QuantizedRange> ranges, FaultList faults)
    {
        RangeFile.RequireSymmetric(ranges, Format.Name, faults);
        var text = new StringBuilder("TRT-8601-EntropyCalibration2\n");
        foreach (QuantizedRange range in ranges)
            text.Append(CultureInfo.InvariantCulture, $"{range.Tensor}: {BitConverter.SingleToUInt32Bits(range.Scale):x8}\n");
        return text.ToString();
    }
}
