using Google.Protobuf;
using Parity.Core;
using Parity.Onnx.Proto;

namespace Parity.Onnx.Tests;

public sealed class TensorCodecTests
{
    [Fact]
    public void Raw_and_typed_fields_hold_the_same_tensors()
    {
        var typed = new[]
        {
            new TensorProto { DataType = 1, Dims = { 2 }, FloatData = { 1.5f, -2f } },
            new TensorProto { DataType = 10, Dims = { 2 }, Int32Data = { 0x3C00, 0xC000 } },
            new TensorProto { DataType = 16, Dims = { 1 }, Int32Data = { 0x3F80 } },
            new TensorProto { DataType = 3, Dims = { 2 }, Int32Data = { -5, 127 } },
            new TensorProto { DataType = 2, Dims = { 2 }, Int32Data = { 200, 7 } },
            new TensorProto { DataType = 5, Dims = { 1 }, Int32Data = { -300 } },
            new TensorProto { DataType = 4, Dims = { 1 }, Int32Data = { 60000 } },
            new TensorProto { DataType = 6, Dims = { 1 }, Int32Data = { -70000 } },
            new TensorProto { DataType = 12, Dims = { 1 }, Uint64Data = { 4000000000 } },
            new TensorProto { DataType = 7, Dims = { 1 }, Int64Data = { long.MinValue } },
            new TensorProto { DataType = 13, Dims = { 1 }, Uint64Data = { ulong.MaxValue } },
            new TensorProto { DataType = 9, Dims = { 2 }, Int32Data = { 1, 0 } },
            new TensorProto { DataType = 11, Dims = { 1 }, DoubleData = { Math.PI } },
        };
        foreach (var proto in typed)
        {
            var tensor = TensorCodec.Decode(proto, "test");
            ((int)TensorTypes.Of(tensor.Type)).Should().Be(proto.DataType);
            var again = TensorCodec.Decode(TensorCodec.Encode("t", tensor), "test");
            again.Type.Should().Be(tensor.Type);
            again.Bytes().ToArray().Should().Equal(tensor.Bytes().ToArray());
        }
        TensorCodec.Decode(typed[1], "test").Span<Half>().ToArray().Should().Equal((Half)1f, (Half)(-2f));
        TensorCodec.Decode(typed[3], "test").Span<sbyte>().ToArray().Should().Equal(-5, 127);
        TensorCodec.Decode(typed[8], "test").Span<uint>().ToArray().Should().Equal(4000000000);
    }

    [Theory]
    [InlineData(TensorType.Int4, new sbyte[] { -8, 7, -1 }, new byte[] { 0x78, 0x0F })]
    [InlineData(TensorType.Int2, new sbyte[] { -2, 1, -1, 0, 1 }, new byte[] { 0b00_11_01_10, 0b01 })]
    public void Codes_below_a_byte_unpack_from_the_low_bits_and_pack_again(TensorType type, sbyte[] codes, byte[] packed)
    {
        var proto = new TensorProto { DataType = (int)type, Dims = { codes.Length }, RawData = ByteString.CopyFrom(packed) };
        var tensor = TensorCodec.Decode(proto, "test");
        tensor.Span<sbyte>().ToArray().Should().Equal(codes);
        TensorCodec.Encode("t", tensor, type).RawData.ToByteArray().Should().Equal(packed);
        var tooLarge = () => TensorCodec.Encode("t", Tensor.Create(new sbyte[] { 8 }, 1), type);
        tooLarge.Should().Throw<FaultException>();
    }

    [Theory]
    [InlineData(TensorType.Float8E4M3FN, 0x7E, 448f)]
    [InlineData(TensorType.Float8E4M3FN, 0x01, 0.001953125f)]
    [InlineData(TensorType.Float8E4M3FN, 0x7F, float.NaN)]
    [InlineData(TensorType.Float8E5M2, 0x7B, 57344f)]
    [InlineData(TensorType.Float8E5M2, 0xFC, float.NegativeInfinity)]
    [InlineData(TensorType.Float8E4M3FNUZ, 0x7F, 240f)]
    [InlineData(TensorType.Float8E4M3FNUZ, 0x80, float.NaN)]
    [InlineData(TensorType.Float8E5M2FNUZ, 0x7F, 57344f)]
    [InlineData(TensorType.Float4E2M1, 0x7, 6f)]
    [InlineData(TensorType.Float4E2M1, 0x9, -0.5f)]
    [InlineData(TensorType.Float8E8M0, 0x80, 2f)]
    public void Small_floats_have_the_values_of_their_formats(TensorType type, byte code, float value) => SmallFloat.ToSingle(type, code).Should().Be(value);

    [Fact]
    public void Data_that_does_not_fit_the_shape_is_a_fault()
    {
        var act = () => TensorCodec.Decode(new TensorProto { DataType = 1, Dims = { 3 }, RawData = ByteString.CopyFrom(new byte[8]) }, "tensor w");
        act.Should().Throw<FaultException>().Which.Faults[0].Where.Should().Be("tensor w");
    }
}
