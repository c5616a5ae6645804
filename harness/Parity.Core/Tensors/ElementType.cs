namespace Parity.Core;

/// <summary>Element types of a tensor; names and meaning are those of ONNX's TensorProto.DataType.</summary>
public enum ElementType
{
    Float32, Float64, Float16, BFloat16,
    Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64,
    Bool,
}
