using Microsoft.ML.OnnxRuntime;
using Microsoft.ML.OnnxRuntime.Tensors;
using Parity.Core;
using Tensor = Parity.Core.Tensor;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>Parity's element types in ONNX Runtime's words, and tensors as its values.</summary>
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
}
