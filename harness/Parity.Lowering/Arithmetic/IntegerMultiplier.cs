namespace Parity.Lowering;

/// <summary>A requantization factor as hardware has it: accumulator x Multiplier / 2^Shift.</summary>
/// <remarks>
/// Reverse engineered from Mesa's drivers [RE], targets.md sections 3.A and 4.A. With the float32 factor's biased exponent E and 23-bit mantissa field f.
/// </remarks>
public readonly record struct IntegerMultiplier(int Multiplier, int Shift)
{
    /// <summary>VeriSilicon NN core v7: 16 significant bits, truncated: 2^15 + (f &gt;&gt; 8), shift 142 - E.</summary>
    public static IntegerMultiplier EtnavivV7(float factor) => new((1 << 15) + (Mantissa(factor) >> 8), 142 - BiasedExponent(factor));

    /// <summary>VeriSilicon NN core v8: the whole mantissa, 2^23 + f, shift 150 - E.</summary>
    public static IntegerMultiplier EtnavivV8(float factor) => new((1 << 23) + Mantissa(factor), 150 - BiasedExponent(factor));

    /// <summary>
    /// Rockchip RK3588 output convertor as Mesa's rocket programs it: 2^14 + (f &gt;&gt; 9) + 1, shift 141 - E. The +1 is empirical. Rocket ORs the implicit bit in and so halves a
    /// factor whose mantissa is all ones; that defect is not reproduced: the sum carries.
    /// </summary>
    public static IntegerMultiplier Rocket(float factor) => new((1 << 14) + (Mantissa(factor) >> 9) + 1, 141 - BiasedExponent(factor));

    /// <summary>accumulator x Multiplier / 2^Shift, rounded.</summary>
    /// <exception cref="OverflowException">The product leaves 64 bits.</exception>
    public long Apply(long accumulator, Rounding rounding) => RoundingArithmetic.ShiftRight(checked(accumulator * Multiplier), Shift, rounding);

    private static int Mantissa(float factor) => BitConverter.SingleToInt32Bits(factor) & 0x7FFFFF;

    /// <exception cref="ArgumentOutOfRangeException">Not a positive normal number.</exception>
    private static int BiasedExponent(float factor) => factor > 0 && float.IsNormal(factor)
        ? BitConverter.SingleToInt32Bits(factor) >> 23
        : throw new ArgumentOutOfRangeException(nameof(factor), factor, "a factor is positive and normal");
}
