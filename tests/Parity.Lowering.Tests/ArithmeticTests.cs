using System.Numerics;

namespace Parity.Lowering.Tests;

/// <summary>The golden vectors of targets.md section 11, computed there from the vendors' formulas, and properties against BigInteger.</summary>
public class ArithmeticTests
{
    [Theory]
    [InlineData(Rounding.VeriSiliconRint, 0.5f, 0)]
    [InlineData(Rounding.VeriSiliconRint, 1.5f, 2)]
    [InlineData(Rounding.VeriSiliconRint, 2.5f, 2)]
    [InlineData(Rounding.VeriSiliconRint, -2.5f, -2)]
    [InlineData(Rounding.VeriSiliconRint, 0.49999997f, 1)]   // the float sum, section 1
    [InlineData(Rounding.VeriSiliconRint, -1.7f, -2)]
    [InlineData(Rounding.HalfAwayFromZero, 0.5f, 1)]
    [InlineData(Rounding.HalfAwayFromZero, 1.5f, 2)]
    [InlineData(Rounding.HalfAwayFromZero, 2.5f, 3)]
    [InlineData(Rounding.HalfAwayFromZero, -2.5f, -3)]
    [InlineData(Rounding.HalfUp, -0.5f, 0)]
    [InlineData(Rounding.HalfUp, -1.5f, -1)]
    [InlineData(Rounding.HalfUp, 2.5f, 3)]
    [InlineData(Rounding.HalfUp, 0.49999997f, 0)]
    [InlineData(Rounding.HalfToEven, 2.5f, 2)]
    [InlineData(Rounding.HalfToEven, -3.5f, -4)]
    [InlineData(Rounding.TowardZero, -1.9f, -1)]
    public void Roundings_give_the_golden_vectors(Rounding rounding, float value, float expected)
    {
        RoundingArithmetic.Round(value, rounding).Should().Be(expected);
        RoundingArithmetic.Round((double)value, rounding).Should().Be(expected);
    }

    [Theory]
    [InlineData(1.0, 0x7F, 1.0)]
    [InlineData(0.5, 0x6F, 0.5)]
    [InlineData(0.3, 0x63, 0.297301779)]
    [InlineData(-0.3, 0xE3, -0.297301779)]
    [InlineData(0.01, 0x15, 0.010131559)]
    [InlineData(0.0021, 0x00, 0.004079194)]
    [InlineData(0.0020, 0x80, 0)]
    [InlineData(-0.0021, 0x80, 0)]
    [InlineData(-0.0022, 0x81, -0.004259796)]
    [InlineData(5, 0x7F, 1.0)]
    [InlineData(-5, 0xFF, -1.0)]
    public void Logarithmic_codes_give_the_golden_vectors(double value, int code, double real)
    {
        var book = LogarithmicCode.ForClip(1, 8);
        book.Offset.Should().Be(-127);
        book.PositiveThreshold.Should().BeApproximately(0.00203960, 5e-9);
        book.NegativeThreshold.Should().BeApproximately(-0.00212990, 5e-9);
        book.Quantize(value).Should().Be(code);
        book.Dequantize(code).Should().BeApproximately(real, 1e-9);
    }

    [Fact]
    public void A_wider_clip_moves_the_whole_code_book()
    {
        var book = LogarithmicCode.ForClip(4, 8);
        book.Offset.Should().Be(-95);
        book.Dequantize(0).Should().BeApproximately(0.016316778, 1e-9);
        LogarithmicCode.ForAbsoluteMaximum(4, 8).Should().Be(book);
        LogarithmicCode.ForAbsoluteMaximum(4.01, 8).Offset.Should().Be(-94);
    }

    [Theory]
    [InlineData(8)]
    [InlineData(16)]
    public void Every_logarithmic_code_is_its_own_value(int bits)
    {
        var book = LogarithmicCode.ForClip(6, bits);
        for (int code = 0; code < 2 * book.SignBit; code++)
            book.Quantize(book.Dequantize(code)).Should().Be(code);
    }

    [Theory]
    [InlineData(1.0f, -6, 1.984375f)]
    [InlineData(2.55f, -5, 1.556372549f)]
    [InlineData(127f, 0, 1.0f)]
    [InlineData(0.1f, -10, 1.240234375f)]
    [InlineData(0f, 0, 1f)]
    public void Position_and_scale_give_the_golden_vectors(float absoluteMaximum, int position, float scale)
    {
        var parameters = PositionParameters.WithScale(PositionParameters.ByFloor(absoluteMaximum, 8).Position, absoluteMaximum, 8);
        parameters.Position.Should().Be(position);
        parameters.Scale.Should().BeApproximately(scale, 1e-6f);
        parameters.Quantize(absoluteMaximum, 8, Rounding.HalfAwayFromZero).Should().Be(absoluteMaximum == 0 ? 0 : 127);
    }

    [Theory]
    [InlineData(-1f, 3f, -5, 1.9921875f, -64)]
    [InlineData(0f, 6f, -5, 1.328125f, -128)]
    public void Position_scale_and_offset_give_the_golden_vectors(float min, float max, int position, float scale, int offset) =>
        PositionParameters.WithOffset(new ValueRange(min, max), 8).Should().Be(new PositionParameters(position, scale, offset));

    [Theory]
    [InlineData(1f, -6, -6)]
    [InlineData(127f, 0, 0)]
    [InlineData(254f, 2, 1)]
    [InlineData(255f, 2, 1)]
    [InlineData(300f, 2, 2)]
    [InlineData(1.99f, -5, -6)]
    public void The_two_position_rules_differ_where_the_specification_says(float absoluteMaximum, int caffe, int floor)
    {
        PositionParameters.ByCaffe(absoluteMaximum, 8).Position.Should().Be(caffe);
        PositionParameters.ByFloor(absoluteMaximum, 8).Position.Should().Be(floor);
    }

    [Theory]
    [InlineData(0.0123f, 25795, 21, 51589, 22)]
    [InlineData(0.5f, 16385, 15, 32768, 16)]
    [InlineData(0.0009765625f, 16385, 24, 32768, 25)]
    [InlineData(0.0035f, 29361, 23, 58720, 24)]
    public void Multipliers_give_the_golden_vectors(float factor, int rocket, int rocketShift, int etnaviv, int etnavivShift)
    {
        IntegerMultiplier.Rocket(factor).Should().Be(new IntegerMultiplier(rocket, rocketShift));
        IntegerMultiplier.EtnavivV7(factor).Should().Be(new IntegerMultiplier(etnaviv, etnavivShift));
        var exact = IntegerMultiplier.EtnavivV8(factor);
        Math.ScaleB(exact.Multiplier, -exact.Shift).Should().Be(factor, "24 bits hold a whole float32");
    }

    [Fact]
    public void A_rocket_multiplier_of_ones_carries_instead_of_halving() =>
        Math.ScaleB(IntegerMultiplier.Rocket(MathF.BitDecrement(0.5f)).Multiplier, -IntegerMultiplier.Rocket(MathF.BitDecrement(0.5f)).Shift).Should().BeApproximately(0.5, 1e-4);

    [Theory]
    [InlineData(Rounding.HalfUp)]
    [InlineData(Rounding.HalfAwayFromZero)]
    [InlineData(Rounding.HalfToEven)]
    [InlineData(Rounding.TowardZero)]
    public void Shifts_round_as_the_exact_quotient(Rounding rounding)
    {
        var random = new Random(5);
        for (int i = 0; i < 20000; i++)
        {
            int shift = random.Next(0, 63);
            long value = random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(0, 60);
            if (i % 3 == 0 && shift > 0)
                value = (value << shift) + (1L << (shift - 1));
            RoundingArithmetic.ShiftRight(value, shift, rounding).Should().Be((long)Exact(value, BigInteger.One << shift, rounding));
        }

        static BigInteger Exact(BigInteger value, BigInteger divisor, Rounding rounding)
        {
            var sign = value.Sign;
            var (whole, rest) = BigInteger.DivRem(BigInteger.Abs(value), divisor);
            int against = (2 * rest).CompareTo(divisor);
            bool outward = rounding switch
            {
                Rounding.TowardZero => false,
                Rounding.HalfAwayFromZero => against >= 0,
                Rounding.HalfToEven => against > 0 || (against == 0 && !whole.IsEven),
                _ => against > 0 || (against == 0 && sign > 0),
            };
            return sign * (outward ? whole + 1 : whole);
        }
    }

    [Theory]
    [InlineData(1f, 8, 6)]          // 64 of 127; one more bit would need 128
    [InlineData(0.99f, 8, 7)]       // 126.7 rounds to 127
    [InlineData(0.999f, 8, 6)]      // 127.9 would round to 128
    [InlineData(255f, 8, -2)]       // 63.75; 127.5 would round to 128
    [InlineData(0.1f, 16, 18)]
    [InlineData(0f, 8, 0)]
    public void Fractional_lengths_hold_the_largest_magnitude(float absoluteMaximum, int bits, int length) =>
        FixedPoint.FractionalLength(absoluteMaximum, bits).Should().Be(length);

    [Fact]
    public void Fixed_point_saturates_at_the_ends_of_the_type()
    {
        FixedPoint.Quantize(-1e9f, 4, 8, Rounding.HalfToEven).Should().Be(-128);
        FixedPoint.Quantize(2.53125f, 4, 8, Rounding.HalfToEven).Should().Be(40, "40.5 is a tie");
        FixedPoint.Dequantize(40, 4).Should().Be(2.5f);
        FixedPoint.Quantize(1e9f, -3, 16, Rounding.HalfToEven).Should().Be(32767);
    }

    [Fact]
    public void Rows_leave_outliers_out_of_their_scale()
    {
        float[] row = [1, -2, 6, 0.5f];
        RowAbsoluteMaximum.Of(row, 6).Should().Be(2);
        RowAbsoluteMaximum.Quantize(row, 6).Should().Equal(64, -127, 0, 32);   // 63.5 and 31.75
        RowAbsoluteMaximum.Quantize(row, null).Should().Equal(21, -42, 127, 11);
        RowAbsoluteMaximum.Quantize([0, 0], 6).Should().Equal(0, 0);
        ((double)RowAbsoluteMaximum.Dequantization).Should().BeApproximately(1.0 / (127 * 127), 1e-11);
    }
}
