using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Constant weights of an operator as codes less their zero point.</summary>
/// <param name="Axis">Of the output channels.</param>
/// <param name="LargestOfChannels">Largest |code - zero point| by output channel.</param>
internal sealed record WeightCodes(Node Dequantize, Tensor Codes, int Axis, ImmutableArray<long> LargestOfChannels)
{
    /// <summary>Null unless the second input is a dequantized constant.</summary>
    public static WeightCodes? Of(Graph graph, Node node)
    {
        if (!node.HasInput(1) || graph.ProducerOf(node.Input(1)) is not { } dequantize || !QdqView.IsDequantize(dequantize)
            || graph.Constant(dequantize.Input(0)) is not { Shape.Length: >= 2 } codes || codes.Type == ElementType.Float32)
            return null;
        int axis = node.OpType switch
        {
            "Conv" => 0,
            "ConvTranspose" => 1,
            "Gemm" => node.Int("transB", 0) != 0 ? 0 : 1,
            "MatMul" => codes.Shape.Length - 1,
            _ => -1,
        };
        if (axis < 0)
            return null;
        int inner = 1;
        foreach (int extent in codes.Shape.AsSpan()[(axis + 1)..])
            inner *= extent;
        var zeroPoints = dequantize.HasInput(2) && graph.Constant(dequantize.Input(2)) is { } zero ? LinearQuantization.Codes(zero) : [0];
        var largest = new long[codes.Shape[axis]];
        ImmutableArray<long> values = LinearQuantization.Codes(codes);
        for (int i = 0; i < values.Length; i++)
        {
            int channel = i / inner % largest.Length;
            largest[channel] = Math.Max(largest[channel], Math.Abs(values[i] - zeroPoints[zeroPoints.Length == largest.Length ? channel : 0]));
        }
        return new WeightCodes(dequantize, codes, axis, [.. largest]);
    }
}
