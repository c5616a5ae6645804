using System.Collections.Immutable;

namespace Parity.Onnx;

/// <summary>Bias: a constant of 32-bit codes, or one that is only read as the third input of Conv, ConvTranspose or Gemm. Weight: any other constant.</summary>
public enum QdqKind { Activation, Weight, Bias }

/// <summary>A QuantizeLinear with one of its DequantizeLinear consumers, or a DequantizeLinear of a constant.</summary>
/// <param name="Quantize">Null for a constant stored as codes.</param>
/// <param name="Float">The float tensor before <paramref name="Quantize"/>; null without one.</param>
/// <param name="Quantized">The codes: output of Quantize, or the constant.</param>
/// <param name="Dequantized">Output of <paramref name="Dequantize"/>, the tensor that consumers read.</param>
/// <param name="Type">Of the codes. A zero point left out is UInt8 0 unless output_dtype or the codes say otherwise.</param>
/// <param name="Scales">Row-major; one, one per channel, or one per block. Exact for every scale type of up to 32 bits.</param>
/// <param name="ZeroPoints">As many as scales; 0 for float codes.</param>
/// <param name="Axis">Channel or block axis, from 0; null per tensor.</param>
/// <param name="BlockSize">Elements along <paramref name="Axis"/> that share a scale; 0 when not blocked.</param>
/// <param name="Consumers">Nodes that read <paramref name="Dequantized"/>.</param>
public sealed record QdqPair(
    Node? Quantize, Node Dequantize, string? Float, string Quantized, string Dequantized, TensorType Type,
    ImmutableArray<float> Scales, ImmutableArray<long> ZeroPoints, int? Axis, int BlockSize, QdqKind Kind, ImmutableArray<Node> Consumers)
{
    /// <summary>Smallest and largest real value of the widest channel: (code - zero point) * scale at the ends of the code range. Null for float codes.</summary>
    public (double Low, double High)? RealRange()
    {
        if (TensorTypes.Range(Type) is not { } codes)
            return null;
        var ranges = Scales.Zip(ZeroPoints, (scale, zero) => (Low: (codes.Low - zero) * (double)scale, High: (codes.High - zero) * (double)scale));
        return ranges.MaxBy(r => r.High - r.Low);
    }
}

/// <summary>A QuantizeLinear or DequantizeLinear that is in no pair, and why.</summary>
public sealed record UnpairedNode(Node Node, string Reason);
