namespace Parity.Lowering;

/// <summary>Reals to integers and integers shifted right, by every rule the targets have.</summary>
public static class RoundingArithmetic
{
    /// <summary>NaN stays NaN, infinities stay.</summary>
    public static float Round(float value, Rounding rounding) => rounding switch
    {
        Rounding.HalfToEven => MathF.Round(value, MidpointRounding.ToEven),
        Rounding.HalfAwayFromZero => MathF.Round(value, MidpointRounding.AwayFromZero),
        // floor(x + 0.5) would round 0.49999997 up: the sum itself rounds to 1.
        Rounding.HalfUp => MathF.Floor(value) is var floor && value - floor >= 0.5f ? floor + 1 : floor,
        Rounding.TowardZero => MathF.Truncate(value),
        Rounding.VeriSiliconRint => VeriSiliconRint(value),
        _ => throw new ArgumentOutOfRangeException(nameof(rounding), rounding, null),
    };

    /// <summary>As the other, for values computed in double; <see cref="Rounding.VeriSiliconRint"/> narrows first, being defined in float32.</summary>
    public static double Round(double value, Rounding rounding) => rounding switch
    {
        Rounding.HalfToEven => Math.Round(value, MidpointRounding.ToEven),
        Rounding.HalfAwayFromZero => Math.Round(value, MidpointRounding.AwayFromZero),
        Rounding.HalfUp => Math.Floor(value) is var floor && value - floor >= 0.5 ? floor + 1 : floor,
        Rounding.TowardZero => Math.Truncate(value),
        Rounding.VeriSiliconRint => VeriSiliconRint((float)value),
        _ => throw new ArgumentOutOfRangeException(nameof(rounding), rounding, null),
    };

    /// <summary>value / 2^shift rounded; exact for every <paramref name="value"/>, without the overflow of adding half first.</summary>
    /// <param name="shift">0 to 62.</param>
    /// <exception cref="ArgumentOutOfRangeException">A shift out of range, or a rule that integers do not have.</exception>
    public static long ShiftRight(long value, int shift, Rounding rounding)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(shift);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(shift, 62);
        if (shift == 0)
            return value;
        long floor = value >> shift, half = 1L << (shift - 1), rest = value - (floor << shift);
        bool up = rounding switch
        {
            Rounding.HalfUp => rest >= half,
            Rounding.HalfAwayFromZero => rest > half || (rest == half && value > 0),
            Rounding.HalfToEven => rest > half || (rest == half && (floor & 1) != 0),
            Rounding.TowardZero => value < 0 && rest != 0,
            _ => throw new ArgumentOutOfRangeException(nameof(rounding), rounding, "a shift has no such rule"),
        };
        return up ? floor + 1 : floor;
    }

    /// <summary>TIM-VX ovxlib vsi_nn_math.h.</summary>
    private static float VeriSiliconRint(float value)
    {
        float whole = MathF.Truncate(value);
        double distance = Math.Abs(Math.Abs((double)value - whole) - 0.5);
        if (distance < 1e-8)
            return MathF.Round(value, MidpointRounding.ToEven);
        // The sum is in float32 on purpose.
        return MathF.CopySign(MathF.Floor(MathF.Abs(value) + 0.5f), value);
    }
}
