using System.Globalization;
using System.Numerics;

namespace Parity.Conformance;

/// <summary>An exact fraction of integers: the arithmetic of the reference, which shares nothing with the code under test.</summary>
internal readonly struct Rational
{
    public Rational(BigInteger numerator, BigInteger denominator)
    {
        if (denominator.IsZero)
            throw new DivideByZeroException();
        (Numerator, Denominator) = denominator.Sign < 0 ? (-numerator, -denominator) : (numerator, denominator);
    }

    public BigInteger Numerator { get; }

    /// <summary>Positive.</summary>
    public BigInteger Denominator { get; }

    public int Sign => Numerator.Sign;

    /// <summary>Every finite float is a fraction with a power of two below.</summary>
    public static Rational Of(float value)
    {
        int bits = BitConverter.SingleToInt32Bits(value), exponent = (bits >> 23) & 0xFF, fraction = bits & 0x7FFFFF;
        if (exponent == 255)
            throw new ArgumentOutOfRangeException(nameof(value), value, "not finite");
        BigInteger mantissa = exponent == 0 ? fraction : fraction | 0x800000;
        int power = Math.Max(exponent, 1) - 150;
        if (bits < 0)
            mantissa = -mantissa;
        return power >= 0 ? new Rational(mantissa << power, 1) : new Rational(mantissa, BigInteger.One << -power);
    }

    public static Rational Of(long value) => new(value, 1);

    public static Rational operator +(Rational a, Rational b) => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational a, Rational b) => a + new Rational(-b.Numerator, b.Denominator);

    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b) => new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public int CompareTo(Rational other) => (Numerator * other.Denominator).CompareTo(other.Numerator * Denominator);

    public BigInteger Floor() => BigInteger.DivRem(Numerator, Denominator, out BigInteger rest) - (rest.Sign < 0 ? 1 : 0);

    /// <summary>The nearest float32, ties to even, infinity beyond the largest, subnormals kept: IEEE 754's only rounding of an exact result.</summary>
    public float ToSingle()
    {
        if (Sign == 0)
            return 0;
        BigInteger magnitude = BigInteger.Abs(Numerator);
        int exponent = (int)(magnitude.GetBitLength() - Denominator.GetBitLength());
        // The unit of the last place: 2^(e - 23) for a value in [2^e, 2^(e+1)), never below 2^-149.
        if (new Rational(magnitude, Denominator).CompareTo(Power(exponent)) < 0)
            exponent--;
        int unit = Math.Max(exponent - 23, -149);
        BigInteger steps = ExactRounding.HalfToEven(new Rational(magnitude, Denominator) / Power(unit));
        double value = Math.ScaleB((double)steps, unit);
        float result = value >= 3.4028235677973366e38 ? float.PositiveInfinity : (float)value;
        return Sign < 0 ? -result : result;
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Numerator}/{Denominator}");

    private static Rational Power(int exponent) => exponent >= 0 ? new Rational(BigInteger.One << exponent, 1) : new Rational(1, BigInteger.One << -exponent);
}
