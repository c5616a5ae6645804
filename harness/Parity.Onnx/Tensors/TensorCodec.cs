using System.Runtime.InteropServices;
using Google.Protobuf;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx;

/// <summary>TensorProto to <see cref="Tensor"/> and back. Little-endian machines only, as .NET's are.</summary>
internal static class TensorCodec
{
    /// <summary>Unpacks as <see cref="TensorTypes.Unpacked"/> says.</summary>
    /// <exception cref="FaultException">An element type without a <see cref="Tensor"/>, or data that does not fit the shape.</exception>
    public static Tensor Decode(TensorProto proto, string where)
    {
        var type = (TensorType)proto.DataType;
        if (TensorTypes.Unpacked(type) is not { } element)
            throw new FaultException($"elements of type {type} cannot be read as numbers", where, "Use a model without such tensors here.");
        var shape = Shape(proto, where);
        int count = Count(shape, where);
        Array data = NewArray(element, count);
        if (proto.HasRawData)
            Unpack(type, proto.RawData.Span, data, where);
        else
            FromFields(type, proto, data, where);
        return Wrap(element, data, shape);
    }

    /// <summary>Packs into raw_data.</summary>
    /// <param name="type">Undefined takes the tensor's own; 2- and 4-bit integers pack Int8 and UInt8.</param>
    /// <exception cref="FaultException">The tensor's elements do not fit <paramref name="type"/>.</exception>
    public static TensorProto Encode(string name, Tensor tensor, TensorType type = TensorType.Undefined)
    {
        var own = TensorTypes.Of(tensor.Type);
        if (type == TensorType.Undefined)
            type = own;
        var proto = new TensorProto { Name = name, DataType = (int)type };
        foreach (int extent in tensor.Shape)
            proto.Dims.Add(extent);
        if (type == own)
        {
            proto.RawData = ByteString.CopyFrom(tensor.Bytes());
            return proto;
        }
        if (TensorTypes.Bits(type) is not (2 or 4) || TensorTypes.Range(type) is not { } range || TensorTypes.Unpacked(type) != tensor.Type)
            throw new FaultException($"{tensor.Type} elements cannot be stored as {type}", $"tensor {name}", $"Give elements of type {TensorTypes.Unpacked(type)}.");
        int bits = TensorTypes.Bits(type);
        var packed = new byte[TensorTypes.Bytes(type, tensor.Count)];
        var codes = tensor.Bytes();
        for (int i = 0; i < codes.Length; i++)
        {
            int code = tensor.Type == ElementType.Int8 ? (sbyte)codes[i] : codes[i];
            if (code < range.Low || code > range.High)
                throw new FaultException($"element {i} is {code}, outside {range.Low} to {range.High}", $"tensor {name}", $"Clamp to the range of {type}.");
            packed[i * bits / 8] |= (byte)((code & ((1 << bits) - 1)) << (i * bits % 8));
        }
        proto.RawData = ByteString.CopyFrom(packed);
        return proto;
    }

    private static int[] Shape(TensorProto proto, string where)
    {
        if (proto.Dims.Any(d => d is < 0 or > int.MaxValue))
            throw new FaultException($"shape [{string.Join(',', proto.Dims)}] is impossible", where, "The file is damaged: export the model again.");
        return [.. proto.Dims.Select(d => (int)d)];
    }

    private static int Count(int[] shape, string where)
    {
        long count = 1;
        foreach (int extent in shape)
            count = count > int.MaxValue ? count : count * extent;
        return count <= Array.MaxLength ? (int)count
            : throw new FaultException($"{count} elements or more do not fit one tensor", where, "Split the tensor.");
    }

    private static Array NewArray(ElementType type, int count) => type switch
    {
        ElementType.Float32 => new float[count],
        ElementType.Float64 => new double[count],
        ElementType.Float16 => new Half[count],
        ElementType.BFloat16 or ElementType.UInt16 => new ushort[count],
        ElementType.Int8 => new sbyte[count],
        ElementType.UInt8 => new byte[count],
        ElementType.Int16 => new short[count],
        ElementType.Int32 => new int[count],
        ElementType.UInt32 => new uint[count],
        ElementType.Int64 => new long[count],
        ElementType.UInt64 => new ulong[count],
        _ => new bool[count],
    };

    private static Tensor Wrap(ElementType type, Array data, int[] shape) => data switch
    {
        float[] a => Tensor.Create(a, shape),
        double[] a => Tensor.Create(a, shape),
        Half[] a => Tensor.Create(a, shape),
        bool[] a => Tensor.Create(a, shape),
        // The CLR treats arrays of signed and unsigned integers alike, so the type decides, not the pattern.
        _ => type switch
        {
            ElementType.Int8 => Tensor.Create((sbyte[])data, shape),
            ElementType.UInt8 => Tensor.Create((byte[])data, shape),
            ElementType.Int16 => Tensor.Create((short[])data, shape),
            ElementType.BFloat16 or ElementType.UInt16 => Tensor.Create(type, (ushort[])data, shape),
            ElementType.Int32 => Tensor.Create((int[])data, shape),
            ElementType.UInt32 => Tensor.Create((uint[])data, shape),
            ElementType.Int64 => Tensor.Create((long[])data, shape),
            _ => Tensor.Create((ulong[])data, shape),
        },
    };

    private static Span<byte> BytesOf(Array data, int size) =>
        MemoryMarshal.CreateSpan(ref MemoryMarshal.GetArrayDataReference(data), data.Length * size);

    private static void Unpack(TensorType type, ReadOnlySpan<byte> raw, Array data, string where)
    {
        if (raw.Length != TensorTypes.Bytes(type, data.Length))
            throw new FaultException($"{raw.Length} bytes for {data.Length} elements of {type}", where, "The file is damaged: export the model again.");
        int bits = TensorTypes.Bits(type);
        if (data is float[] floats && type != TensorType.Float32)
        {
            for (int i = 0; i < floats.Length; i++)
                floats[i] = SmallFloat.ToSingle(type, (byte)Code(raw, i, bits));
        }
        else if (bits < 8)
        {
            bool signed = type is TensorType.Int2 or TensorType.Int4;
            var bytes = BytesOf(data, 1);
            for (int i = 0; i < bytes.Length; i++)
            {
                int code = Code(raw, i, bits);
                bytes[i] = (byte)(signed ? code << (32 - bits) >> (32 - bits) : code);
            }
        }
        else
        {
            raw.CopyTo(BytesOf(data, bits / 8));
        }
    }

    private static int Code(ReadOnlySpan<byte> raw, int i, int bits) => raw[i * bits / 8] >> (i * bits % 8) & ((1 << bits) - 1);

    private static void FromFields(TensorType type, TensorProto proto, Array data, string where)
    {
        int bits = TensorTypes.Bits(type);
        int stored = type switch
        {
            TensorType.Float32 => proto.FloatData.Count,
            TensorType.Float64 => proto.DoubleData.Count,
            TensorType.Int64 => proto.Int64Data.Count,
            TensorType.UInt32 or TensorType.UInt64 => proto.Uint64Data.Count,
            _ => proto.Int32Data.Count,
        };
        // Below 8 bits each int32 holds one byte of packed elements.
        long expected = bits < 8 ? TensorTypes.Bytes(type, data.Length) : data.Length;
        if (stored != expected)
            throw new FaultException($"{stored} values stored for {data.Length} elements of {type}", where, "The file is damaged: export the model again.");
        switch (data)
        {
            case float[] floats when type == TensorType.Float32: proto.FloatData.CopyTo(floats, 0); break;
            case double[] doubles: proto.DoubleData.CopyTo(doubles, 0); break;
            case bool[] bools: Fill(bools, i => proto.Int32Data[i] != 0); break;
            case Half[] halves: Fill(halves, i => BitConverter.UInt16BitsToHalf((ushort)proto.Int32Data[i])); break;
            default:
                if (bits <= 8)
                    Unpack(type, proto.Int32Data.Select(v => (byte)v).ToArray(), data, where);
                else if (bits == 16)
                    Fill((ushort[])(object)data, i => (ushort)proto.Int32Data[i]);
                else if (type == TensorType.Int32)
                    proto.Int32Data.CopyTo((int[])data, 0);
                else if (type == TensorType.UInt32)
                    Fill((uint[])data, i => (uint)proto.Uint64Data[i]);
                else if (type == TensorType.Int64)
                    proto.Int64Data.CopyTo((long[])data, 0);
                else
                    proto.Uint64Data.CopyTo((ulong[])data, 0);
                break;
        }
    }

    private static void Fill<T>(T[] array, Func<int, T> value)
    {
        for (int i = 0; i < array.Length; i++)
            array[i] = value(i);
    }
}
