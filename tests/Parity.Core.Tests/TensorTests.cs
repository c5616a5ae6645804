namespace Parity.Core.Tests;

public sealed class TensorTests
{
    [Fact]
    public void It_wraps_its_array_without_a_copy_and_shows_its_bytes_little_endian()
    {
        short[] data = [1, 256];

        Tensor tensor = Tensor.Create(data, 1, 2);

        tensor.Storage.Should().BeSameAs(data);
        tensor.Type.Should().Be(ElementType.Int16);
        tensor.Bytes().ToArray().Should().Equal(1, 0, 0, 1);
        tensor.ToString().Should().Be("Int16 [1,2]");
    }

    [Fact]
    public void A_scalar_has_one_element_and_an_extent_of_zero_none()
    {
        Tensor.Create([3f]).Shape.Should().BeEmpty();
        Tensor.Create(Array.Empty<float>(), 4, 0).Count.Should().Be(0);
    }

    [Fact]
    public void A_shape_that_is_not_the_length_is_refused() =>
        new Action(() => Tensor.Create(new float[5], 2, 3)).Should().Throw<ArgumentException>().WithMessage("shape [2,3] has 6 elements, the data 5");

    [Fact]
    public void Half_formats_share_two_bytes_but_not_their_type()
    {
        Tensor.Create(ElementType.BFloat16, new ushort[1], 1).Type.Should().Be(ElementType.BFloat16);
        new Action(() => Tensor.Create(ElementType.BFloat16, new float[1], 1)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void Elements_are_never_reinterpreted() =>
        new Action(() => Tensor.Create(new byte[4], 4).Span<float>()).Should().Throw<InvalidCastException>();

    [Fact]
    public void Every_element_type_has_its_size()
    {
        foreach (ElementType type in Enum.GetValues<ElementType>())
            Tensor.SizeOf(type).Should().Be(type switch
            {
                ElementType.Bool or ElementType.Int8 or ElementType.UInt8 => 1,
                ElementType.Float16 or ElementType.BFloat16 or ElementType.Int16 or ElementType.UInt16 => 2,
                ElementType.Float32 or ElementType.Int32 or ElementType.UInt32 => 4,
                ElementType.Float64 or ElementType.Int64 or ElementType.UInt64 => 8,
                _ => throw new NotSupportedException($"{type} is new: give it a size"),
            });
    }
}
