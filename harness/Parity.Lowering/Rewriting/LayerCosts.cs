using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Which part of the multiply-accumulates runs on quantized inputs and weights, and what the plan costs by the profile's weights.</summary>
internal static class LayerCosts
{
    /// <summary>Operators that multiply and accumulate; an operator that inference does not know cannot be counted and is left out.</summary>
    private static readonly ImmutableHashSet<string> Types = ["Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum", "LSTM", "GRU", "RNN"];

    /// <param name="inputs">Shapes of open inputs; null takes 1 for an open batch.</param>
    /// <param name="quantized">Tensors that hold quantized values beside those behind DQ.</param>
    /// <param name="precisions">Of the model.</param>
    /// <param name="besides">Nodes that repeat part of another one's work, which count as that part.</param>
    /// <param name="floatShare">By node that is quantized: the part of its work that is in float after all.</param>
    public static CostRecord Of(
        OnnxModel model, TargetProfile profile, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs, IReadOnlyDictionary<string, ElementType> quantized,
        OperatorPrecisions precisions, IReadOnlySet<string> besides, IReadOnlyDictionary<string, double> floatShare)
    {
        var layers = Multiplying(model, inputs).Where(l => !besides.Contains(l.Node)).ToList();
        double QuantizedPart(LayerCost layer) => layer.Quantized || (layer.Inputs.Length > 1 && layer.Inputs.Take(2).All(i => quantized.ContainsKey(i.Name)))
            ? 1 - floatShare.GetValueOrDefault(layer.Node) : 0;
        ImmutableArray<string> floats = [.. layers.Where(l => QuantizedPart(l) == 0).Select(l => l.Node)];
        bool usually16 = profile.Quantization?.Activations.Bits > 8 || profile.Quantization?.Weights.Bits > 8;
        double all = layers.Sum(l => (double)(l.Macs ?? 0));
        if (all == 0 || layers.Any(l => l.Macs is null))
            return new CostRecord(null, null, floats);
        double share = layers.Sum(l => QuantizedPart(l) * l.Macs!.Value) / all;
        double relative = layers.Sum(l => l.Macs!.Value * Weight(precisions.Of(model.Graph.NodeNamed(l.Node)!), QuantizedPart(l))) / all;
        return new CostRecord(profile.Quantization is null ? null : share, relative, floats);

        double Weight(string precision, double part)
        {
            double quantizedWeight = precision.EndsWith("int16", StringComparison.Ordinal) && !usually16 ? profile.Cost.Int16 : 1;
            return part * quantizedWeight + (1 - part) * (precision == "float16" ? profile.Cost.Float16 : profile.Cost.Of(profile.Float));
        }
    }

    /// <summary>The operators that multiply and accumulate, in the order of the graph.</summary>
    /// <param name="inputs">Shapes of open inputs; null takes 1 for an open batch.</param>
    public static ImmutableArray<LayerCost> Multiplying(OnnxModel model, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs)
    {
        inputs ??= model.Graph.Inputs.Where(i => i.Shape is [-1, ..]).ToDictionary(i => i.Name, i => i.Shape!.Value.SetItem(0, 1));
        return [.. GraphInspection.Of(model, inputs).Layers.Where(l => Types.Contains(l.OpType))];
    }
}
