using System.Collections.Immutable;
using System.Numerics;
using Parity.Core;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>
/// ONNX DequantizeLinear: y = (x - zero point) * scale, the difference exact in integers, the product rounded once to float32, as ONNX Runtime's
/// kernel does it.
/// </summary>
/// <param name="Scales">One, or one per channel.</param>
/// <param name="ZeroPoints">As many as scales.</param>
/// <param name="Axis">Channel axis, negative from the end; read only where there are several scales.</param>
internal sealed record Dequantization(ImmutableArray<float> Scales, ImmutableArray<int> ZeroPoints, int Axis)
{
    /// <returns>Float32, of the same shape.</returns>
    public Tensor Apply(Tensor quantized) => quantized.Type switch
    {
        ElementType.Int8 => Apply<sbyte>(quantized),
        ElementType.UInt8 => Apply<byte>(quantized),
        ElementType.Int16 => Apply<short>(quantized),
        ElementType.UInt16 => Apply<ushort>(quantized),
        ElementType.Int32 => Apply<int>(quantized),
        _ => throw new ArgumentException($"{quantized} holds no quantized codes"),
    };

    private Tensor Apply<T>(Tensor quantized) where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> codes = quantized.Span<T>();
        var values = new float[codes.Length];
        int inner = codes.Length;
        if (Scales.Length > 1)
        {
            int axis = Axis < 0 ? Axis + quantized.Shape.Length : Axis;
            inner = 1;
            for (int i = axis + 1; i < quantized.Shape.Length; i++)
                inner *= quantized.Shape[i];
        }

        for (int start = 0, channel = 0; start < codes.Length; start += inner, channel = (channel + 1) % Scales.Length)
        {
            float scale = Scales[channel];
            int zero = ZeroPoints[channel];
            for (int i = start; i < start + inner; i++)
                values[i] = (int.CreateTruncating(codes[i]) - zero) * scale;
        }
        return Tensor.Create(values, quantized.Shape.AsSpan());
    }
}
