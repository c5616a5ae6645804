using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Parity.Core;
using Tensor = Parity.Core.Tensor;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>Parity's element types in ONNX Runtime's words, and tensors over raw bytes.</summary>
internal static class TensorTypes
{
    /// <summary>Null for types that no tensor of Parity holds: strings, complex numbers, eight and four bit floats, four bit integers.</summary>
    public static ElementType? FromRuntime(TensorElementType type) => type switch
    {
        TensorElementType.Float => ElementType.Float32,
        TensorElementType.Double => ElementType.Float64,
        TensorElementType.Float16 => ElementType.Float16,
        TensorElementType.BFloat16 => ElementType.BFloat16,
        TensorElementType.Int8 => ElementType.Int8,
        TensorElementType.UInt8 => ElementType.UInt8,
        TensorElementType.Int16 => ElementType.Int16,
        TensorElementType.UInt16 => ElementType.UInt16,
        TensorElementType.Int32 => ElementType.Int32,
        TensorElementType.UInt32 => ElementType.UInt32,
        TensorElementType.Int64 => ElementType.Int64,
        TensorElementType.UInt64 => ElementType.UInt64,
        TensorElementType.Bool => ElementType.Bool,
        _ => null,
    };

    public static TensorElementType ToRuntime(ElementType type) => type switch
    {
        ElementType.Float32 => TensorElementType.Float,
        ElementType.Float64 => TensorElementType.Double,
        ElementType.Float16 => TensorElementType.Float16,
        ElementType.BFloat16 => TensorElementType.BFloat16,
        ElementType.Int8 => TensorElementType.Int8,
        ElementType.UInt8 => TensorElementType.UInt8,
        ElementType.Int16 => TensorElementType.Int16,
        ElementType.UInt16 => TensorElementType.UInt16,
        ElementType.Int32 => TensorElementType.Int32,
        ElementType.UInt32 => TensorElementType.UInt32,
        ElementType.Int64 => TensorElementType.Int64,
        ElementType.UInt64 => TensorElementType.UInt64,
        ElementType.Bool => TensorElementType.Bool,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>The tensor's own memory as the runtime's value; the caller pins it at <paramref name="start"/> until the value is disposed.</summary>
    public static unsafe OrtValue View(Tensor tensor, byte* start) => OrtValue.CreateTensorValueWithData(
        OrtMemoryInfo.DefaultInstance, ToRuntime(tensor.Type), [.. tensor.Shape.Select(d => (long)d)], (nint)start, tensor.Bytes().Length);

    /// <summary>A tensor over pinned memory of undefined content, for the runtime to write to.</summary>
    public static Tensor Allocate(ElementType type, ReadOnlySpan<int> shape) => type switch
    {
        ElementType.Float32 => Allocate<float>(type, shape),
        ElementType.Float64 => Allocate<double>(type, shape),
        ElementType.Float16 => Allocate<Half>(type, shape),
        ElementType.BFloat16 => Allocate<ushort>(type, shape),
        ElementType.Int8 => Allocate<sbyte>(type, shape),
        ElementType.UInt8 => Allocate<byte>(type, shape),
        ElementType.Int16 => Allocate<short>(type, shape),
        ElementType.UInt16 => Allocate<ushort>(type, shape),
        ElementType.Int32 => Allocate<int>(type, shape),
        ElementType.UInt32 => Allocate<uint>(type, shape),
        ElementType.Int64 => Allocate<long>(type, shape),
        ElementType.UInt64 => Allocate<ulong>(type, shape),
        ElementType.Bool => Allocate<bool>(type, shape),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, null),
    };

    /// <summary>The content of a fresh tensor, before anyone else sees it.</summary>
    public static Span<byte> Fill(Tensor allocated)
    {
        ReadOnlySpan<byte> bytes = allocated.Bytes();
        return MemoryMarshal.CreateSpan(ref MemoryMarshal.GetReference(bytes), bytes.Length);
    }

    private static Tensor Allocate<T>(ElementType type, ReadOnlySpan<int> shape) where T : unmanaged
    {
        int count = 1;
        foreach (int extent in shape)
            count = checked(count * extent);
        return Tensor.Create(type, GC.AllocateUninitializedArray<T>(count, pinned: true), shape);
    }
}
