namespace Parity.Lowering;

/// <summary>Cambricon: real = (code - offset) x 2^position / scale. Formulas from mlu-ops core/tool.cpp and Cambricon/caffe util.hpp, targets.md section 5.</summary>
public readonly record struct PositionParameters(int Position, float Scale, int Offset)
{
    /// <summary>mlu-ops' QUANTIZE_POSITION: position = floor(log2(absmax)) - (bits - 2), at least -127; 0 for an absmax of 0.</summary>
    /// <param name="absoluteMaximum">Finite, not negative.</param>
    /// <param name="bits">8, 16 or 31.</param>
    public static PositionParameters ByFloor(float absoluteMaximum, int bits) =>
        new(absoluteMaximum == 0 ? 0 : Math.Max(-127, Exponent(absoluteMaximum) - (bits - 2)), 1, 0);

    /// <summary>
    /// Cambricon Caffe's generate_quantized_pt: v = log2(absmax / (2^(bits-1) - 1)) in float32, one more when positive, clamped to [-32, 32], truncated. So ceil(v), but an
    /// exact positive integer gives v + 1.
    /// </summary>
    public static PositionParameters ByCaffe(float absoluteMaximum, int bits)
    {
        if (absoluteMaximum == 0)
            return new PositionParameters(0, 1, 0);
        float v = MathF.Log2(absoluteMaximum / ((1 << (bits - 1)) - 1));
        if (v > 0)
            v += 1;
        return new PositionParameters((int)Math.Clamp(v, -32, 32), 1, 0);
    }

    /// <summary>QUANTIZE_POSITION_SCALE: a scale makes absmax exactly the largest code.</summary>
    /// <param name="position">From one of the position rules.</param>
    public static PositionParameters WithScale(int position, float absoluteMaximum, int bits) => absoluteMaximum == 0
        ? new PositionParameters(0, 1, 0)
        : new PositionParameters(position, (float)(Math.ScaleB(1, position) * ((1 << (bits - 1)) - 1) / absoluteMaximum), 0);

    /// <summary>QUANTIZE_POSITION_SCALE_OFFSET, of a range widened to hold 0.</summary>
    public static PositionParameters WithOffset(ValueRange range, int bits)
    {
        double low = Math.Min(0, range.Min), high = Math.Max(0, range.Max), extent = high - low;
        if (extent == 0)
            return new PositionParameters(0, 1, 0);
        int position = Math.Max(-127, Exponent((float)extent) - (bits - 1));
        double codes = (1 << bits) - 1;
        return new PositionParameters(
            position, (float)(Math.ScaleB(1, position) * codes / extent),
            (int)Math.Round(-(1 << (bits - 1)) - low * codes / extent, MidpointRounding.AwayFromZero));
    }

    /// <summary>The step that Q/DQ needs: 2^position / scale.</summary>
    public float Step => (float)(Math.ScaleB(1, Position) / Scale);

    /// <summary>round(clamp(value x scale / 2^position + offset)); with integer bounds the order of the two does not matter.</summary>
    public int Quantize(float value, int bits, Rounding rounding)
    {
        double code = (double)value * Scale / Math.ScaleB(1, Position) + Offset;
        return (int)Math.Clamp(RoundingArithmetic.Round(code, rounding), -(1 << (bits - 1)), (1 << (bits - 1)) - 1);
    }

    public float Dequantize(int code) => (float)((code - Offset) * Math.ScaleB(1, Position) / Scale);

    /// <summary>floor(log2(value)) of a positive float, without the error of a logarithm near powers of two.</summary>
    internal static int Exponent(float value) => Math.ILogB((double)value);
}
