using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Diagnosing;
using Parity.Onnx;

namespace Parity.Engine.Measuring;

/// <summary>How far the quantized weights of a model reach, channel by channel.</summary>
internal static class WeightExtents
{
    /// <summary>The same records; those of constant weights with their extents.</summary>
    public static ImmutableArray<QdqRecord> AddTo(ImmutableArray<QdqRecord> records, OnnxModel model)
    {
        var codes = model.Graph.Nodes.Select(n => WeightCodes.Of(model.Graph, n)).OfType<WeightCodes>().GroupBy(c => c.Dequantize.Name, StringComparer.Ordinal)
            .ToDictionary(g => g.Key, g => g.First(), StringComparer.Ordinal);
        return [.. records.Select(r => r.Kind == "weight" && codes.TryGetValue(r.Dequantize, out WeightCodes? weights) ? r with { Extents = Of(r, weights) } : r)];
    }

    private static ChannelExtents Of(QdqRecord record, WeightCodes weights) =>
        new(weights.Axis, [.. weights.LargestOfChannels.Select((code, c) => (float)(code * record.Scales[record.Scales.Length == weights.LargestOfChannels.Length ? c : 0]))]);
}
