using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>The Q/DQ pairs of a model as they stand in a run's record.</summary>
internal static class QdqRecords
{
    /// <summary>In the order in which the network reads them.</summary>
    /// <param name="source">A float tensor's name in the float model; null when it has none there.</param>
    /// <param name="constants">Names of float constants by their dequantized tensor.</param>
    public static ImmutableArray<QdqRecord> Of(OnnxModel model, Func<string, string?> source, IReadOnlyDictionary<string, string> constants)
    {
        // By first reader, and there by input: data, weights, bias.
        var place = new Dictionary<string, int>(StringComparer.Ordinal);
        foreach (string input in model.Graph.Nodes.SelectMany(n => n.Inputs))
            place.TryAdd(input, place.Count);
        return [.. QdqView.Of(model).Pairs
            .Where(p => TensorTypes.Unpacked(p.Type) is not null)
            .OrderBy(p => place.GetValueOrDefault(p.Dequantized, int.MaxValue))
            .Select(Record)];

        QdqRecord Record(QdqPair p)
        {
            // A constant stored as codes has no float tensor left; the one it came from names it.
            string tensor = p.Float ?? constants.GetValueOrDefault(p.Dequantized, p.Dequantized);
            var range = p.RealRange();
            return new QdqRecord(
                p.Quantize?.Name ?? "", p.Dequantize.Name, tensor, source(tensor), Kind(p.Kind), TensorTypes.Unpacked(p.Type)!.Value, p.Axis,
                [.. p.Scales.Select(s => (double)s)], p.ZeroPoints, range?.Low ?? 0, range?.High ?? 0, [.. p.Consumers.Select(c => c.Name)]);
        }
    }

    private static string Kind(QdqKind kind) => kind switch
    {
        QdqKind.Weight => "weight",
        QdqKind.Bias => "bias",
        _ => "activation",
    };
}
