using System.Numerics;
using Parity.Lowering;

namespace Parity.Conformance;

/// <summary>Rounding of exact fractions, from the definitions of targets.md section 1.</summary>
internal static class ExactRounding
{
    private static readonly Rational Half = new(1, 2);

    public static BigInteger Round(Rational value, Rounding rounding) => rounding switch
    {
        Rounding.HalfToEven => HalfToEven(value),
        Rounding.HalfAwayFromZero => value.Sign < 0 ? -HalfUp(new Rational(-value.Numerator, value.Denominator)) : HalfUp(value),
        Rounding.HalfUp => HalfUp(value),
        Rounding.TowardZero => BigInteger.Divide(value.Numerator, value.Denominator),
        Rounding.VeriSiliconRint => VeriSilicon(value),
        _ => throw new ArgumentOutOfRangeException(nameof(rounding), rounding, null),
    };

    public static BigInteger HalfToEven(Rational value)
    {
        BigInteger floor = value.Floor();
        int tie = (value - new Rational(floor, 1)).CompareTo(Half);
        return tie > 0 || tie == 0 && !floor.IsEven ? floor + 1 : floor;
    }

    private static BigInteger HalfUp(Rational value) => (value + Half).Floor();

    /// <summary>Within 1e-8 of a tie half to even; else the sign times floor(|x| + 0.5), the sum rounded to float32.</summary>
    private static BigInteger VeriSilicon(Rational value)
    {
        Rational magnitude = value.Sign < 0 ? new Rational(-value.Numerator, value.Denominator) : value;
        Rational fraction = magnitude - new Rational(magnitude.Floor(), 1), off = fraction - Half;
        Rational distance = off.Sign < 0 ? new Rational(-off.Numerator, off.Denominator) : off;
        BigInteger whole = magnitude.Floor();
        BigInteger rounded = distance.CompareTo(new Rational(1, 100_000_000)) < 0
            ? (whole.IsEven ? whole : whole + 1)
            : Rational.Of((magnitude + Half).ToSingle()).Floor();
        return value.Sign < 0 ? -rounded : rounded;
    }
}
