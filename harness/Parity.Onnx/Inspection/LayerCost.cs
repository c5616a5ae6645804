using System.Collections.Immutable;

namespace Parity.Onnx;

/// <summary>One node: what it computes and moves.</summary>
/// <param name="Inputs">Tensors read, constants too; left-out inputs are not listed.</param>
/// <param name="Parameters">Elements of the weights it reads (see <see cref="GraphInspection.Parameters"/>).</param>
/// <param name="Macs">Multiply-accumulates, see <see cref="MacCount"/>; 0 where the operator has none, null where a shape or the operator is unknown.</param>
/// <param name="Bytes">Bytes of all distinct inputs and of all outputs, each once, packed at their element size; null where a shape is unknown.</param>
/// <param name="Quantized">Whether its multiply-accumulates have quantized operands: an integer operator, or data and weights straight from DequantizeLinear.</param>
public sealed record LayerCost(
    string Node, string OpType, ImmutableArray<TensorInfo> Inputs, ImmutableArray<TensorInfo> Outputs, long Parameters, long? Macs, long? Bytes, bool Quantized)
{
    /// <summary>Arithmetic intensity: multiply-accumulates per byte moved; null where one is unknown or nothing moves.</summary>
    public double? MacsPerByte => Macs is { } macs && Bytes is > 0 and var bytes ? (double)macs / bytes : null;
}
