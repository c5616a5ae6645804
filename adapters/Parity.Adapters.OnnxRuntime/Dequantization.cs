using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
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
    /// <param name="reused">Float32 of the same shape to write to; null makes one.</param>
    /// <returns>Float32, of the same shape.</returns>
    public Tensor Apply(Tensor quantized, Tensor? reused = null)
    {
        float[] values = reused is null ? GC.AllocateUninitializedArray<float>(quantized.Count) : (float[])reused.Storage;
        switch (quantized.Type)
        {
            case ElementType.Int8: Apply<sbyte>(quantized, values); break;
            case ElementType.UInt8: Apply<byte>(quantized, values); break;
            case ElementType.Int16: Apply<short>(quantized, values); break;
            case ElementType.UInt16: Apply<ushort>(quantized, values); break;
            case ElementType.Int32: Apply<int>(quantized, values); break;
            default: throw new ArgumentException($"{quantized} holds no quantized codes");
        }
        return reused ?? Tensor.Create(values, quantized.Shape.AsSpan());
    }

    private void Apply<T>(Tensor quantized, float[] values) where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> codes = quantized.Span<T>();
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
            int zero = ZeroPoints[channel], end = start + inner;
            int i = Unsafe.SizeOf<T>() == 1 ? Bytes(MemoryMarshal.Cast<T, byte>(codes[start..end]), typeof(T) == typeof(sbyte), zero, scale, values.AsSpan(start)) + start : start;
            for (; i < end; i++)
                values[i] = (int.CreateTruncating(codes[i]) - zero) * scale;
        }
    }

    /// <summary>Whole vectors of bytes; returns how many elements they were.</summary>
    private static int Bytes(ReadOnlySpan<byte> codes, bool signed, int zero, float scale, Span<float> values)
    {
        var zeros = Vector256.Create(zero);
        ref float value = ref MemoryMarshal.GetReference(values);
        int i = 0;
        for (; i + Vector256<byte>.Count <= codes.Length; i += Vector256<byte>.Count)
        {
            var bytes = Vector256.Create(codes.Slice(i, Vector256<byte>.Count));
            Vector256<short> low, high;
            if (signed)
                (low, high) = Vector256.Widen(bytes.AsSByte());
            else
                (low, high) = (Vector256.WidenLower(bytes).AsInt16(), Vector256.WidenUpper(bytes).AsInt16());
            Store(low, ref Unsafe.Add(ref value, i));
            Store(high, ref Unsafe.Add(ref value, i + 16));
        }
        return i;

        void Store(Vector256<short> sixteen, ref float at)
        {
            var (first, second) = Vector256.Widen(sixteen);
            (Vector256.ConvertToSingle(first - zeros) * scale).StoreUnsafe(ref at);
            (Vector256.ConvertToSingle(second - zeros) * scale).StoreUnsafe(ref at, 8);
        }
    }
}
