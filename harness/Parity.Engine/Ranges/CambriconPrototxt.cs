using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Parity.Core;
using Parity.Lowering;

namespace Parity.Engine.Ranges;

/// <summary>
/// The quantized prototxt of Cambricon's Caffe (targets.md 5.A): a layer's <c>bottom_mlu_dtype { type: DT_INT8 position: -3 scale: 1.5875 }</c> says how its first <c>bottom</c> is quantized,
/// real = code x 2^position / scale. <c>blobs_dtype</c>, which is of weights, is passed over.
/// </summary>
public static partial class CambriconPrototxt
{
    public static RangeFormat Format { get; } = new("cambricon-prototxt", "a quantized Caffe prototxt of Cambricon", text => text.Contains("bottom_mlu_dtype", StringComparison.Ordinal), Read, Write);

    private sealed record Block(string Name, int Line)
    {
        public Dictionary<string, string> Fields { get; } = new(StringComparer.Ordinal);

        public List<Block> Blocks { get; } = [];
    }

    private static ImmutableArray<NamedRange> Read(string text, string file, FaultList faults)
    {
        var ranges = ImmutableArray.CreateBuilder<NamedRange>();
        foreach (Block layer in Parse(text, file, faults).Blocks.Where(b => b.Name is "layer" or "layers"))
            if (layer.Blocks.FirstOrDefault(b => b.Name == "bottom_mlu_dtype") is { } type)
            {
                string where = $"{file}:{type.Line}";
                int? most = type.Fields.GetValueOrDefault("type") switch { "DT_INT8" or null => 127, "DT_INT16" => 32767, _ => null };
                float scale = 1;
                if (!layer.Fields.TryGetValue("bottom", out string? tensor))
                    faults.Add("the layer has no 'bottom'", $"{file}:{layer.Line}", "Name the tensor that it reads.");
                else if (most is null)
                    faults.Add($"the type '{type.Fields["type"]}' is neither DT_INT8 nor DT_INT16", where, "Take the prototxt that generate_quantized_pt wrote.");
                else if (!int.TryParse(type.Fields.GetValueOrDefault("position"), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int position) || position is < -127 or > 127)
                    faults.Add($"the position '{type.Fields.GetValueOrDefault("position")}' is no whole number from -127 to 127", where, "Take the prototxt that generate_quantized_pt wrote.");
                else if (type.Fields.TryGetValue("scale", out string? written) && !(float.TryParse(written, NumberStyles.Float, CultureInfo.InvariantCulture, out scale) && float.IsFinite(scale) && scale > 0))
                    faults.Add($"the scale '{written}' is no positive number", where, "Take the prototxt that generate_quantized_pt wrote.");
                else
                    ranges.Add(new NamedRange(tensor, RangeFile.Symmetric((float)(Math.ScaleB(1, position) / scale), most.Value)));
            }
        return ranges.ToImmutable();
    }

    /// <summary>Braces and fields of protobuf's text format; a repeated field keeps its first value.</summary>
    private static Block Parse(string text, string file, FaultList faults)
    {
        var root = new Block("", 1);
        var open = new Stack<Block>([root]);
        string[] lines = text.Split('\n');
        for (int i = 0; i < lines.Length; i++)
            foreach (Match token in Token().Matches(Comment().Replace(lines[i], "")))
            {
                if (token.Groups["open"] is { Success: true, Value: var name })
                {
                    var block = new Block(name, i + 1);
                    open.Peek().Blocks.Add(block);
                    open.Push(block);
                }
                else if (token.Groups["field"] is { Success: true, Value: var field })
                    open.Peek().Fields.TryAdd(field, token.Groups["value"].Value.Trim('"', '\''));
                else if (token.Value == "}" && open.Count > 1)
                    open.Pop();
                else
                    faults.Add($"'{token.Value}' is out of place", $"{file}:{i + 1}", "Mend the line: fields are 'name: value', blocks 'name { ... }'.");
            }
        if (open.Count > 1)
            faults.Add($"the block '{open.Peek().Name}' is not closed", $"{file}:{open.Peek().Line}", "Add a closing brace.");
        return root;
    }

    private static string Write(ImmutableArray<QuantizedRange> ranges, FaultList faults)
    {
        RangeFile.RequireSymmetric(ranges, Format.Name, faults);
        var text = new StringBuilder();
        foreach (QuantizedRange range in ranges)
        {
            // mlu-ops: position = floor(log2(absmax) - (n - 2)), scale = 2^position (2^(n-1) - 1) / absmax.
            int position = Math.ILogB(range.Scale * (Math.ScaleB(1, range.Bits - 1) - 1)) - (range.Bits - 2);
            text.Append(CultureInfo.InvariantCulture, $"layer {{\n  bottom: \"{range.Tensor}\"\n  bottom_mlu_dtype {{\n    type: DT_INT{range.Bits}\n    position: {position}\n    scale: {(float)(Math.ScaleB(1, position) / range.Scale):R}\n  }}\n}}\n");
        }
        return text.ToString();
    }

    [GeneratedRegex("""(?<field>\w+)\s*:\s*(?<value>"[^"]*"|'[^']*'|[^\s{}]+)|(?<open>\w+)\s*:?\s*\{|\}|\S+""", RegexOptions.CultureInvariant)]
    private static partial Regex Token();

    [GeneratedRegex("""#(?=(?:[^"]*"[^"]*")*[^"]*$).*""", RegexOptions.CultureInvariant)]
    private static partial Regex Comment();
}
