namespace Parity.Lowering;

/// <summary>Rockchip's dynamic fixed point, code = round(x 2^fl): RKNN API guide 1.7.5 section 3.2.3.2.</summary>
public static class FixedPoint
{
    /// <summary>
    /// The largest fl by which absmax still fits the codes ±(2^(bits-1) - 1); 0 for an absmax of 0. The vendor does not print how fl follows from a range: this is the
    /// rule under which nothing clips [INF].
    /// </summary>
    public static int FractionalLength(float absoluteMaximum, int bits)
    {
        if (absoluteMaximum == 0)
            return 0;
        int largest = (1 << (bits - 1)) - 1;
        int length = bits - 2 - PositionParameters.Exponent(absoluteMaximum);
        // Just below the next power of two the rounded code would be one too many.
        return Math.Round(Math.ScaleB(absoluteMaximum, length)) > largest ? length - 1 : length;
    }

    /// <summary>The step that Q/DQ needs.</summary>
    public static float Step(int fractionalLength) => (float)Math.ScaleB(1, -fractionalLength);

    /// <summary>Saturates at the ends of the type.</summary>
    public static int Quantize(float value, int fractionalLength, int bits, Rounding rounding) =>
        (int)Math.Clamp(RoundingArithmetic.Round((float)Math.ScaleB(value, fractionalLength), rounding), -(1 << (bits - 1)), (1 << (bits - 1)) - 1);

    public static float Dequantize(int code, int fractionalLength) => (float)Math.ScaleB(code, -fractionalLength);
}
