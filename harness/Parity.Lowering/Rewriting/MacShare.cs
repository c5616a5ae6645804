using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Which part of the multiply-accumulates runs on quantized inputs and weights.</summary>
internal static class MacShare
{
    /// <summary>Operators that multiply and accumulate; an operator that inference does not know cannot be counted and is left out.</summary>
    private static readonly ImmutableHashSet<string> Types = ["Conv", "ConvTranspose", "Gemm", "MatMul", "Einsum", "LSTM", "GRU", "RNN"];

    /// <summary>Null when nothing multiplies, or when extents of a multiplying operator are open.</summary>
    /// <param name="inputs">Shapes of open inputs; null takes 1 for an open batch.</param>
    public static double? Of(OnnxModel model, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs)
    {
        var layers = Multiplying(model, inputs);
        if (layers.Any(l => l.Macs is null))
            return null;
        double all = layers.Sum(l => (double)l.Macs!.Value);
        return all > 0 ? layers.Where(l => l.Quantized).Sum(l => (double)l.Macs!.Value) / all : null;
    }

    /// <summary>The operators that multiply and accumulate, in the order of the graph.</summary>
    public static ImmutableArray<LayerCost> Multiplying(OnnxModel model, IReadOnlyDictionary<string, ImmutableArray<int>>? inputs)
    {
        inputs ??= model.Graph.Inputs.Where(i => i.Shape is [-1, ..]).ToDictionary(i => i.Name, i => i.Shape!.Value.SetItem(0, 1));
        return [.. GraphInspection.Of(model, inputs).Layers.Where(l => Types.Contains(l.OpType))];
    }
}
