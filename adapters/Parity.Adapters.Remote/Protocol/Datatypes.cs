using Parity.Core;

namespace Parity.Adapters.Remote;

/// <summary>Element types in the words of KServe v2's REST table; BF16 is Triton's addition.</summary>
internal static class Datatypes
{
    private static readonly (ElementType Type, string Name)[] Names =
    [
        (ElementType.Float32, "FP32"), (ElementType.Float64, "FP64"), (ElementType.Float16, "FP16"), (ElementType.BFloat16, "BF16"),
        (ElementType.Int8, "INT8"), (ElementType.UInt8, "UINT8"), (ElementType.Int16, "INT16"), (ElementType.UInt16, "UINT16"),
        (ElementType.Int32, "INT32"), (ElementType.UInt32, "UINT32"), (ElementType.Int64, "INT64"), (ElementType.UInt64, "UINT64"),
        (ElementType.Bool, "BOOL"),
    ];

    public static string Name(ElementType type) => Names.First(n => n.Type == type).Name;

    /// <summary>Null for BYTES and words that the protocol does not have.</summary>
    public static ElementType? Read(string? name)
    {
        foreach ((ElementType type, string word) in Names)
            if (word == name)
                return type;
        return null;
    }
}
