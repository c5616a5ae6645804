namespace Parity.Lowering;

/// <summary>A bias at the scale of the sums it is added to: input scale x weight scale, ties to even, zero point 0.</summary>
/// <param name="Scales">One, or one per output channel; at least the smallest normal float.</param>
/// <param name="Codes">Whole numbers, saturated at the width of the rule.</param>
/// <param name="Saturated">Whether a code did not fit.</param>
internal sealed record BiasCodes(float[] Scales, double[] Codes, bool Saturated)
{
    private const float SmallestNormal = 1.17549435e-38f;

    public static BiasCodes Of(ReadOnlySpan<float> bias, ReadOnlySpan<float> weightScales, float inputScale, BiasRule rule)
    {
        var scales = new float[weightScales.Length];
        for (int i = 0; i < scales.Length; i++)
            scales[i] = Math.Max(weightScales[i] * inputScale, SmallestNormal);
        var (least, most) = rule switch
        {
            BiasRule.Int16AtProduct => (short.MinValue, short.MaxValue),
            BiasRule.Int32AtProduct => (int.MinValue, int.MaxValue),
            BiasRule.Int64AtProduct => (-(double)(1L << 62), (double)(1L << 62)),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule, "a float bias has no codes"),
        };
        var codes = new double[bias.Length];
        bool saturated = false;
        for (int i = 0; i < codes.Length; i++)
        {
            double code = Math.Round(bias[i] / (double)scales[scales.Length == 1 ? 0 : i], MidpointRounding.ToEven);
            codes[i] = Math.Clamp(code, least, most);
            saturated |= codes[i] != code;
        }
        return new BiasCodes(scales, codes, saturated);
    }
}
