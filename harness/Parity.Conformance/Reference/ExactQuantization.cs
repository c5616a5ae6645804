using System.Numerics;
using Parity.Lowering;

namespace Parity.Conformance;

/// <summary>Quantize and dequantize with one float32 rounding where the specification computes in float32, and none elsewhere.</summary>
internal static class ExactQuantization
{
    /// <summary>ONNX QuantizeLinear's x / scale in float32, then the target's rounding and placement of the zero point, then the clamp.</summary>
    public static int Quantize(float value, float scale, int zeroPoint, Rounding rounding, ZeroPointPlacement placement, int low, int high)
    {
        float quotient = (Rational.Of(value) / Rational.Of(scale)).ToSingle();
        if (float.IsInfinity(quotient))
            return quotient > 0 ? high : low;
        BigInteger code = placement == ZeroPointPlacement.AfterRounding
            ? ExactRounding.Round(Rational.Of(quotient), rounding) + zeroPoint
            : ExactRounding.Round(Rational.Of((Rational.Of(quotient) + Rational.Of(zeroPoint)).ToSingle()), rounding);
        return (int)BigInteger.Min(high, BigInteger.Max(low, code));
    }

    /// <summary>(code - zero point) x scale.</summary>
    public static float Dequantize(int code, float scale, int zeroPoint) => (Rational.Of(code - zeroPoint) * Rational.Of(scale)).ToSingle();

    /// <summary>Scale and zero point of a range by a profile's rule: absmax / high, or (max - min) / (high - low) with zero inside.</summary>
    public static (float Scale, int ZeroPoint) Parameters(float min, float max, NumberFormat format)
    {
        Rational low = Rational.Of(Math.Min(min, 0)), high = Rational.Of(Math.Max(max, 0));
        if (format.Symmetry == Symmetry.Symmetric)
        {
            Rational minus = new(-low.Numerator, low.Denominator);
            return (((minus.CompareTo(high) > 0 ? minus : high) / Rational.Of(format.CodeHigh)).ToSingle(), 0);
        }
        float scale = ((high - low) / Rational.Of(format.CodeHigh - format.CodeLow)).ToSingle();
        BigInteger zero = ExactRounding.HalfToEven(Rational.Of(format.CodeLow) - (low / Rational.Of(scale)));
        return (scale, (int)BigInteger.Min(format.CodeHigh, BigInteger.Max(format.CodeLow, zero)));
    }
}
