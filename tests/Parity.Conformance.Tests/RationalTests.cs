using System.Numerics;

namespace Parity.Conformance.Tests;

/// <summary>The reference itself, against IEEE hardware and hand-worked cases.</summary>
public sealed class RationalTests
{
    [Fact]
    public void Quotients_products_and_sums_round_as_the_processor_rounds_them()
    {
        var random = new Random(3);
        for (int i = 0; i < 20_000; i++)
        {
            float a = BitConverter.Int32BitsToSingle(random.Next()), b = BitConverter.Int32BitsToSingle(random.Next(1, int.MaxValue));
            if (!float.IsFinite(a) || !float.IsFinite(b) || a == 0 || b == 0)
                continue;
            (Rational.Of(a) / Rational.Of(b)).ToSingle().Should().Be(a / b, $"{a:R} / {b:R}");
            (Rational.Of(a) * Rational.Of(b)).ToSingle().Should().Be(a * b, $"{a:R} * {b:R}");
            (Rational.Of(a) - Rational.Of(b)).ToSingle().Should().Be(a - b, $"{a:R} - {b:R}");
        }
    }

    [Theory]
    [InlineData(7, 2, 4, 4, 4, 3)]
    [InlineData(5, 2, 2, 3, 3, 2)]
    [InlineData(-5, 2, -2, -3, -2, -2)]
    [InlineData(-7, 2, -4, -4, -3, -3)]
    [InlineData(-1, 2, 0, -1, 0, 0)]
    [InlineData(9, 4, 2, 2, 2, 2)]
    [InlineData(-9, 4, -2, -2, -2, -2)]
    public void Ties_go_where_each_rule_sends_them(int numerator, int denominator, int even, int away, int up, int zero)
    {
        var value = new Rational(numerator, denominator);

        ExactRounding.Round(value, Lowering.Rounding.HalfToEven).Should().Be(new BigInteger(even));
        ExactRounding.Round(value, Lowering.Rounding.HalfAwayFromZero).Should().Be(new BigInteger(away));
        ExactRounding.Round(value, Lowering.Rounding.HalfUp).Should().Be(new BigInteger(up));
        ExactRounding.Round(value, Lowering.Rounding.TowardZero).Should().Be(new BigInteger(zero));
    }
}
