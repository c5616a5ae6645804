using Parity.Core;

namespace Parity.Lowering;

/// <summary>Tensors of integer codes.</summary>
internal static class Codes
{
    /// <param name="type">Int8, UInt8, Int16, UInt16 or Int32; the codes must fit it.</param>
    public static Tensor Pack(ElementType type, int[] codes, params ReadOnlySpan<int> shape) => type switch
    {
        ElementType.Int8 => Tensor.Create(Array.ConvertAll(codes, c => checked((sbyte)c)), shape),
        ElementType.UInt8 => Tensor.Create(Array.ConvertAll(codes, c => checked((byte)c)), shape),
        ElementType.Int16 => Tensor.Create(Array.ConvertAll(codes, c => checked((short)c)), shape),
        ElementType.UInt16 => Tensor.Create(Array.ConvertAll(codes, c => checked((ushort)c)), shape),
        ElementType.Int32 => Tensor.Create(codes, shape),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no type of codes"),
    };
}
