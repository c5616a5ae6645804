namespace Parity.Lowering;

/// <summary>real = (code - zero point) x scale, whatever the scale is made of. Logarithmic codes have <see cref="LogarithmicCode"/> instead.</summary>
/// <param name="Scale">Positive and normal.</param>
public readonly record struct QuantizationParameters(float Scale, int ZeroPoint)
{
    /// <summary>
    /// The parameters for a range. Zero is always representable: the range is first widened to hold it. A range without extent, or so
    /// small that its scale would not be a normal float, gets scale 1, so that all its values become zero.
    /// </summary>
    /// <exception cref="ArgumentException">A logarithmic format, or one whose sign still follows the range: see <see cref="NumberFormat.For"/>.</exception>
    public static QuantizationParameters For(ValueRange range, NumberFormat format)
    {
        if (format.Sign == Sign.ByRange)
            throw new ArgumentException("the sign must be chosen first", nameof(format));
        var parameters = format.Scale switch
        {
            ScaleForm.Float => format.Symmetry == Symmetry.Symmetric ? new QuantizationParameters(range.AbsoluteMaximum / format.CodeHigh, 0) : Affine(range, format),
            ScaleForm.FractionalLength => new QuantizationParameters(FixedPoint.Step(FixedPoint.FractionalLength(range.AbsoluteMaximum, format.Bits)), 0),
            ScaleForm.Position => new QuantizationParameters(PositionOf(range, format).Step, 0),
            ScaleForm.PositionScale => new QuantizationParameters(
                PositionParameters.WithScale(PositionOf(range, format).Position, range.AbsoluteMaximum, format.Bits).Step, 0),
            ScaleForm.PositionScaleOffset when PositionParameters.WithOffset(range, format.Bits) is var p => new QuantizationParameters(p.Step, p.Offset),
            _ => throw new ArgumentException("logarithmic codes have no scale", nameof(format)),
        };
        return float.IsNormal(parameters.Scale) ? parameters : new QuantizationParameters(1, format.Symmetry == Symmetry.Symmetric ? 0 : format.CodeLow);
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

    private static QuantizationParameters Affine(ValueRange range, NumberFormat format)
    {
        double low = Math.Min(0, range.Min), high = Math.Max(0, range.Max);
        float step = (float)((high - low) / (format.CodeHigh - format.CodeLow));
        if (!float.IsNormal(step))
            return new QuantizationParameters(1, format.CodeLow);
        double zero = Math.Round(format.CodeLow - low / step, MidpointRounding.ToEven);
        return new QuantizationParameters(step, (int)Math.Clamp(zero, format.CodeLow, format.CodeHigh));
    }

    private static PositionParameters PositionOf(ValueRange range, NumberFormat format) => format.Position == PositionRule.Floor
        ? PositionParameters.ByFloor(range.AbsoluteMaximum, format.Bits)
        : PositionParameters.ByCaffe(range.AbsoluteMaximum, format.Bits);
}
