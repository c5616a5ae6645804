using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Which output channel each element of a weighted operator's constant weights belongs to.</summary>
/// <param name="Count">Output channels.</param>
/// <param name="Axis">
/// The weights' axis of output channels: 0 for Conv and for Gemm with transB, 1 for ConvTranspose and other Gemm, the last for MatMul.
/// </param>
internal sealed record OutputChannels(int Count, int Axis, int Extent, int Inner, int GroupElements)
{
    /// <summary>Extent of the weights' axis of input channels, over which an output is summed, and elements from one of them to the next.</summary>
    public required (int Extent, int Inner) Inputs { get; init; }

    /// <summary>Null when the node is not weighted or its weights are no float32 constant.</summary>
    public static OutputChannels? Of(Graph graph, Node node)
    {
        if (!node.Is("Conv") && !node.Is("ConvTranspose") && !node.Is("Gemm") && !node.Is("MatMul")
            || graph.Constant(node.Input(1)) is not { Type: ElementType.Float32 } weights || weights.Shape.Length < 2)
            return null;
        var shape = weights.Shape;
        int axis = node.OpType switch
        {
            "Conv" => 0,
            "ConvTranspose" => 1,
            "Gemm" => node.Int("transB", 0) != 0 ? 0 : 1,
            _ => shape.Length - 1,
        };
        int inner = 1;
        for (int i = axis + 1; i < shape.Length; i++)
            inner *= shape[i];
        // A grouped ConvTranspose has [input channels, output channels of one group, ...]: each block of input channels makes other outputs.
        int groups = node.Is("ConvTranspose") ? (int)node.Int("group", 1) : 1;
        int summed = node.OpType switch
        {
            "Conv" => 1,
            "ConvTranspose" => 0,
            _ => axis == shape.Length - 1 ? shape.Length - 2 : shape.Length - 1,
        };
        int summedInner = shape.Skip(summed + 1).Aggregate(1, (product, extent) => product * extent);
        return new OutputChannels(shape[axis] * groups, axis, shape[axis], inner, weights.Count / groups) { Inputs = (shape[summed], summedInner) };
    }

    public int Of(int element) => element / GroupElements * Extent + element / Inner % Extent;
}
