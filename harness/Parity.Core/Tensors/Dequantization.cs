using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Parity.Core;

/// <summary>
/// ONNX DequantizeLinear: y = (x - zero point) * scale, the difference exact in integers, the product rounded once to float32, as ONNX Runtime's
/// kernel does it.
/// </summary>
/// <param name="Scales">One, or one per channel.</param>
/// <param name="ZeroPoints">As many as scales.</param>
/// <param name="Axis">Channel axis, negative from the end; read only where there are several scales.</param>
public sealed record Dequantization(ImmutableArray<float> Scales, ImmutableArray<int> ZeroPoints, int Axis)
{
    /// <summary>Whether <paramref name="type"/> holds codes that can be read.</summary>
    public static bool Reads(ElementType type) => type is ElementType.Int8 or ElementType.UInt8 or ElementType.Int16 or ElementType.UInt16 or ElementType.Int32;

    /// <summary>The real values of the codes from <paramref name="start"/> on, as many as <paramref name="values"/> takes.</summary>
    public void Read(Tensor codes, int start, Span<float> values)
    {
        switch (codes.Type)
        {
            case ElementType.Int8: Read<sbyte>(codes, start, values); break;
            case ElementType.UInt8: Read<byte>(codes, start, values); break;
            case ElementType.Int16: Read<short>(codes, start, values); break;
            case ElementType.UInt16: Read<ushort>(codes, start, values); break;
            case ElementType.Int32: Read<int>(codes, start, values); break;
            default: throw new ArgumentException($"{codes} holds no quantized codes");
        }
    }

    private void Read<T>(Tensor tensor, int start, Span<float> values) where T : unmanaged, IBinaryInteger<T>
    {
        ReadOnlySpan<T> codes = tensor.Span<T>().Slice(start, values.Length);
        int inner = tensor.Count;
        if (Scales.Length > 1)
        {
            int axis = Axis < 0 ? Axis + tensor.Shape.Length : Axis;
            inner = 1;
            for (int i = axis + 1; i < tensor.Shape.Length; i++)
                inner *= tensor.Shape[i];
        }

        for (int from = 0; from < codes.Length;)
        {
            int channel = (start + from) / inner % Scales.Length, count = Math.Min(inner - ((start + from) % inner), codes.Length - from);
            Read(codes.Slice(from, count), ZeroPoints[channel], Scales[channel], values.Slice(from, count));
            from += count;
        }
    }

    private static void Read<T>(ReadOnlySpan<T> codes, int zero, float scale, Span<float> values) where T : unmanaged, IBinaryInteger<T>
    {
        int i = Unsafe.SizeOf<T>() == 1 ? Bytes(MemoryMarshal.Cast<T, byte>(codes), typeof(T) == typeof(sbyte), zero, scale, values) : 0;
        for (; i < codes.Length; i++)
            values[i] = (int.CreateTruncating(codes[i]) - zero) * scale;
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
