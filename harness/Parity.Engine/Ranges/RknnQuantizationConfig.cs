using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using Parity.Core;
using Parity.Engine.Suites;
using Parity.Lowering;

namespace Parity.Engine.Ranges;

/// <summary>
/// The <c>.quantization.cfg</c> of Rockchip's hybrid quantization, as far as public (targets.md 3.A): YAML with <c>quantize_parameters</c>, by tensor min and max (toolkit 1: min_value, max_value),
/// scale and zero_point, each a number or a list of one. Weights (several values) are passed over. Toolkit 1 writes names as <c>@layer:out0</c>; without those marks they are the tensor's.
/// </summary>
public static class RknnQuantizationConfig
{
    public static RangeFormat Format { get; } = new("rknn-cfg", "Rockchip's .quantization.cfg", text => text.Split('\n').Any(l => l.StartsWith("quantize_parameters:", StringComparison.Ordinal)), Read, Write);

    private static ImmutableArray<NamedRange> Read(string text, string file, FaultList faults)
    {
        var ranges = ImmutableArray.CreateBuilder<NamedRange>();
        Settings root = YamlSettings.Parse(text, file, faults);
        foreach ((string key, SettingsValue value) in root.Section("quantize_parameters").Entries.OrderBy(e => e.Key, StringComparer.Ordinal))
        {
            if (value.Section is not { } tensor)
            {
                faults.Add($"'{key}' is {value.Describe()}, which is not a section of parameters", value.Where, "Let the toolkit write the file again.");
                continue;
            }
            if (tensor.Entries.Values.Any(v => v.Items is { Length: > 1 }))
                continue;
            if (Range(tensor, value.Where, faults) is { } range)
                ranges.Add(new NamedRange(Name(key), range));
        }
        return ranges.ToImmutable();
    }

    /// <summary>By min and max, else by scale and zero point.</summary>
    private static ValueRange? Range(Settings tensor, string where, FaultList faults)
    {
        float? min = Number("min", "min_value"), max = Number("max", "max_value"), scale = Number("scale", "scale"), zero = Number("zero_point", "zero_point");
        if (min is { } low && max is { } high)
        {
            if (low <= high)
                return new ValueRange(low, high);
            faults.Add(FormattableString.Invariant($"min {low} is above max {high}"), where, "Let the toolkit write the file again.");
            return null;
        }
        if (scale is > 0 and { } step && zero is { } z)
        {
            // Toolkit 1 says qtype: u8, toolkit 2 dtype: int8.
            int first = new[] { "dtype", "qtype" }.Any(k => tensor.Entries.GetValueOrDefault(k)?.Text is "u8" or "uint8") ? 0 : -128;
            return new ValueRange((first - z) * step, (first + 255 - z) * step);
        }
        faults.Add("it has neither min and max nor a positive scale and a zero_point that are numbers", where, "Let the toolkit write the file again.");
        return null;

        float? Number(string key, string older)
        {
            SettingsValue? value = tensor.Entries.GetValueOrDefault(key) ?? tensor.Entries.GetValueOrDefault(older);
            string? one = value?.Items is [var item] ? item.Text : value?.Text;
            return float.TryParse(one, NumberStyles.Float, CultureInfo.InvariantCulture, out float number) && float.IsFinite(number) ? number : null;
        }
    }

    private static string Name(string key) => key.StartsWith('@') && key.LastIndexOf(':') is > 0 and var colon ? key[1..colon] : key;

    private static string Write(ImmutableArray<QuantizedRange> ranges, FaultList faults)
    {
        if (ranges.FirstOrDefault(r => r.Bits != 8) is { } wide)
            faults.Add($"'{wide.Tensor}' has {wide.Bits} bits", "--format", "rknn-cfg is written for 8 bits alone: how it holds others is not public.");
        var text = new StringBuilder("custom_quantize_layers: {}\nquantize_parameters:\n");
        foreach (QuantizedRange range in ranges)
            // Code -128 of a symmetric format is no part of the range that its scale came from.
            text.Append(CultureInfo.InvariantCulture, $"    {Quoted(range.Tensor)}:\n        qtype: asymmetric_quantized\n        qmethod: layer\n        dtype: {(range.Signed ? "int8" : "uint8")}\n")
                .Append(CultureInfo.InvariantCulture, $"        min:\n        - {(range is { Signed: true, ZeroPoint: 0 } ? -range.High : range.Low):R}\n        max:\n        - {range.High:R}\n        scale:\n        - {range.Scale:R}\n        zero_point:\n        - {range.ZeroPoint}\n");
        return text.ToString();
    }

    private static string Quoted(string name) => $"'{name.Replace("'", "''")}'";
}
