using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>real = (code - zero point) x scale.</summary>
/// <param name="Scale">Positive and normal.</param>
public readonly record struct QuantizationParameters(float Scale, int ZeroPoint)
{
    /// <summary>
    /// The parameters for a range. Zero is always representable: the range is first widened to hold it. A range without extent, or so
    /// small that its scale would not be a normal float, gets scale 1, so that all its values become zero.
    /// </summary>
    public static QuantizationParameters For(ValueRange range, NumberFormat format)
    {
        double low = Math.Min(0, range.Min), high = Math.Max(0, range.Max);
        if (format.Scale == ScaleRule.AbsoluteMaximum)
        {
            float scale = range.AbsoluteMaximum / format.CodeHigh;
            return new QuantizationParameters(float.IsNormal(scale) ? scale : 1, 0);
        }
        float step = (float)((high - low) / (format.CodeHigh - format.CodeLow));
        if (!float.IsNormal(step))
            return new QuantizationParameters(1, format.CodeLow);
        double zero = Math.Round(format.CodeLow - low / step, MidpointRounding.ToEven);
        return new QuantizationParameters(step, (int)Math.Clamp(zero, format.CodeLow, format.CodeHigh));
    }

    /// <summary>The code of a real, as <paramref name="format"/> rounds and clamps. NaN must not come here.</summary>
    public int Quantize(float value, NumberFormat format)
    {
        float scaled = value / Scale;
        double code = format.ZeroPoint == ZeroPointPlacement.BeforeRounding
            ? RoundingArithmetic.Round(scaled + (float)ZeroPoint, format.Rounding)
            : (double)RoundingArithmetic.Round(scaled, format.Rounding) + ZeroPoint;
        return (int)Math.Clamp(code, format.CodeLow, format.CodeHigh);
    }

    public float Dequantize(int code) => (code - ZeroPoint) * Scale;
}
