using Parity.Core;

namespace Parity.Onnx;

/// <summary>Arithmetic on element types.</summary>
public static class TensorTypes
{
    /// <summary>Bits of one stored element; 0 for strings and undefined.</summary>
    public static int Bits(TensorType type) => type switch
    {
        TensorType.UInt2 or TensorType.Int2 => 2,
        TensorType.UInt4 or TensorType.Int4 or TensorType.Float4E2M1 => 4,
        TensorType.UInt8 or TensorType.Int8 or TensorType.Bool or TensorType.Float8E4M3FN or TensorType.Float8E4M3FNUZ
            or TensorType.Float8E5M2 or TensorType.Float8E5M2FNUZ or TensorType.Float8E8M0 => 8,
        TensorType.UInt16 or TensorType.Int16 or TensorType.Float16 or TensorType.BFloat16 => 16,
        TensorType.Float32 or TensorType.Int32 or TensorType.UInt32 => 32,
        TensorType.Float64 or TensorType.Int64 or TensorType.UInt64 or TensorType.Complex64 => 64,
        TensorType.Complex128 => 128,
        _ => 0,
    };

    /// <summary>Bytes that <paramref name="count"/> elements take when packed as in a file.</summary>
    public static long Bytes(TensorType type, long count) => (count * Bits(type) + 7) / 8;

    /// <summary>
    /// The type a <see cref="Tensor"/> of such elements has: 2- and 4-bit integers unpack to Int8 or UInt8, 8- and 4-bit floats
    /// to the Float32 of the same value; null for strings, complex and undefined.
    /// </summary>
    public static ElementType? Unpacked(TensorType type) => type switch
    {
        TensorType.Float32 or TensorType.Float8E4M3FN or TensorType.Float8E4M3FNUZ or TensorType.Float8E5M2
            or TensorType.Float8E5M2FNUZ or TensorType.Float8E8M0 or TensorType.Float4E2M1 => ElementType.Float32,
        TensorType.Float64 => ElementType.Float64,
        TensorType.Float16 => ElementType.Float16,
        TensorType.BFloat16 => ElementType.BFloat16,
        TensorType.Int8 or TensorType.Int4 or TensorType.Int2 => ElementType.Int8,
        TensorType.UInt8 or TensorType.UInt4 or TensorType.UInt2 => ElementType.UInt8,
        TensorType.Int16 => ElementType.Int16,
        TensorType.UInt16 => ElementType.UInt16,
        TensorType.Int32 => ElementType.Int32,
        TensorType.UInt32 => ElementType.UInt32,
        TensorType.Int64 => ElementType.Int64,
        TensorType.UInt64 => ElementType.UInt64,
        TensorType.Bool => ElementType.Bool,
        _ => null,
    };

    public static TensorType Of(ElementType type) => type switch
    {
        ElementType.Float32 => TensorType.Float32,
        ElementType.Float64 => TensorType.Float64,
        ElementType.Float16 => TensorType.Float16,
        ElementType.BFloat16 => TensorType.BFloat16,
        ElementType.Int8 => TensorType.Int8,
        ElementType.UInt8 => TensorType.UInt8,
        ElementType.Int16 => TensorType.Int16,
        ElementType.UInt16 => TensorType.UInt16,
        ElementType.Int32 => TensorType.Int32,
        ElementType.UInt32 => TensorType.UInt32,
        ElementType.Int64 => TensorType.Int64,
        ElementType.UInt64 => TensorType.UInt64,
        _ => TensorType.Bool,
    };

    public static bool IsFloat(TensorType type) => type is TensorType.Float32 or TensorType.Float64 or TensorType.Float16 or TensorType.BFloat16
        or TensorType.Float8E4M3FN or TensorType.Float8E4M3FNUZ or TensorType.Float8E5M2 or TensorType.Float8E5M2FNUZ
        or TensorType.Float8E8M0 or TensorType.Float4E2M1;

    /// <summary>Smallest and largest code of an integer type a tensor may be quantized to; null for all others.</summary>
    public static (long Low, long High)? Range(TensorType type) => type switch
    {
        TensorType.Int2 => (-2, 1),
        TensorType.UInt2 => (0, 3),
        TensorType.Int4 => (-8, 7),
        TensorType.UInt4 => (0, 15),
        TensorType.Int8 => (sbyte.MinValue, sbyte.MaxValue),
        TensorType.UInt8 => (0, byte.MaxValue),
        TensorType.Int16 => (short.MinValue, short.MaxValue),
        TensorType.UInt16 => (0, ushort.MaxValue),
        TensorType.Int32 => (int.MinValue, int.MaxValue),
        _ => null,
    };
}
