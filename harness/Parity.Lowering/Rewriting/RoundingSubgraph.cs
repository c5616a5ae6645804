namespace Parity.Lowering;

/// <summary>
/// What stands before a QuantizeLinear so that the pair does what the chip does: QuantizeLinear rounds half to even, adds the zero point behind and saturates at the ends of
/// its type; other ties, a zero point inside and a narrower clamp are done in float first. What comes out lies on the pair's grid, so the pair changes it no more.
/// </summary>
internal static class RoundingSubgraph
{
    /// <summary>Whether QuantizeLinear alone is not the format.</summary>
    public static bool IsNeeded(NumberFormat format, QuantizationParameters parameters) => RoundsItself(format, parameters) || format.IsNarrow;

    /// <summary>Adds the nodes and gives the tensor to quantize.</summary>
    public static string Add(NodeWriter writer, string tensor, NumberFormat format, QuantizationParameters parameters)
    {
        string scale = writer.Scalar("step", parameters.Scale);
        if (!RoundsItself(format, parameters))
        {
            // The ends themselves round to their codes: the quotient of the two products is within an ulp of a whole number.
            return writer.Node("Clip", "clamped", tensor,
                writer.Scalar("low", parameters.Dequantize(format.CodeLow)), writer.Scalar("high", parameters.Dequantize(format.CodeHigh)));
        }
        string value = writer.Node("Div", "steps", tensor, scale);
        bool inside = format.ZeroPoint == ZeroPointPlacement.BeforeRounding && parameters.ZeroPoint != 0;
        string zero = inside ? writer.Scalar("zero", parameters.ZeroPoint) : "";
        if (inside)
            value = writer.Node("Add", "moved", value, zero);
        value = Rounded(writer, value, format.Rounding);
        if (inside)
            value = writer.Node("Sub", "unmoved", value, zero);
        if (format.IsNarrow)
            value = writer.Node("Clip", "clamped", value, writer.Scalar("low", format.CodeLow - parameters.ZeroPoint), writer.Scalar("high", format.CodeHigh - parameters.ZeroPoint));
        return writer.Node("Mul", "rounded", value, scale);
    }

    private static string Rounded(NodeWriter writer, string value, Rounding rounding)
    {
        switch (rounding)
        {
            case Rounding.HalfToEven or Rounding.VeriSiliconRint:
                return writer.Node("Round", "whole", value);
            case Rounding.HalfAwayFromZero:
                // 0.49999997, the float below one half: with one half itself 0.49999997 would become 1; ties still reach the next integer, as the sum rounds to it.
                string magnitude = writer.Node("Add", "lifted", writer.Node("Abs", "magnitude", value), writer.Scalar("half", MathF.BitDecrement(0.5f)));
                return writer.Node("Mul", "whole", writer.Node("Floor", "floor", magnitude), writer.Node("Sign", "sign", value));
            case Rounding.HalfUp:
                // floor(2x) - floor(x) is floor(x) plus one from one half on, and every step of it is exact.
                string doubled = writer.Node("Floor", "doubled_floor", writer.Node("Add", "doubled", value, value));
                return writer.Node("Sub", "whole", doubled, writer.Node("Floor", "floor", value));
            case Rounding.TowardZero:
                return writer.Node("Mul", "whole", writer.Node("Floor", "floor", writer.Node("Abs", "magnitude", value)), writer.Node("Sign", "sign", value));
            default:
                throw new ArgumentOutOfRangeException(nameof(rounding), rounding, null);
        }
    }

    private static bool RoundsItself(NumberFormat format, QuantizationParameters parameters) =>
        format.Rounding is not (Rounding.HalfToEven or Rounding.VeriSiliconRint) || (format.ZeroPoint == ZeroPointPlacement.BeforeRounding && parameters.ZeroPoint != 0);
}
