namespace Parity.Core.Tests;

public sealed class DequantizationTests
{
    [Fact]
    public void Codes_read_from_anywhere_are_those_read_as_a_whole()
    {
        var codes = Enumerable.Range(0, 3 * 50).Select(i => (sbyte)((i * 37) - 128)).ToArray();
        Tensor tensor = Tensor.Create(codes, 1, 3, 50).AsCodes(new Dequantization([0.5f, 0.25f, 3], [0, -5, 100], 1));
        float[] whole = tensor.ToFloat32().Span<float>().ToArray();

        whole[0].Should().Be((codes[0] - 0) * 0.5f);
        whole[50].Should().Be((codes[50] + 5) * 0.25f);
        whole[149].Should().Be((codes[149] - 100) * 3f);
        foreach ((int start, int count) in new[] { (0, 150), (7, 90), (49, 2), (100, 50), (33, 64) })
        {
            var values = new float[count];
            tensor.ReadReals(start, values);
            values.Should().Equal(whole[start..(start + count)]);
        }
    }

    [Fact]
    public void Floats_are_no_codes() =>
        ((Action)(() => Tensor.Create([1f], 1).AsCodes(new Dequantization([1], [0], 0)))).Should().Throw<ArgumentException>();

    [Fact]
    public void Codes_without_their_dequantization_hold_no_real_values()
    {
        Tensor tensor = Tensor.Create(new byte[] { 1 }, 1);

        tensor.HoldsReals.Should().BeFalse();
        ((Action)(() => tensor.ToFloat32())).Should().Throw<InvalidOperationException>();
    }
}
