namespace Parity.Lowering;

/// <summary>Dynamic symmetric int8 of one row: bitsandbytes LLM.int8 and SmoothQuant, targets.md section 7.2.</summary>
public static class RowAbsoluteMaximum
{
    /// <summary>bitsandbytes' CUDA constant for 1/127^2; its CPU backend has 6.200124e-05, 1.8e-5 too large.</summary>
    public const float Dequantization = 6.200012e-05f;

    /// <summary>max |x| over the values that are no outliers; 0 without any.</summary>
    /// <param name="outlier">Magnitudes from here on are outliers; null: none is.</param>
    public static float Of(ReadOnlySpan<float> row, float? outlier)
    {
        float largest = 0;
        foreach (float v in row)
            if (outlier is not { } limit || MathF.Abs(v) < limit)
                largest = Math.Max(largest, MathF.Abs(v));
        return largest;
    }

    /// <summary>round-half-even(x * (127 / absmax)); outliers and a row without extent are 0. The quotient is IEEE's where the kernel has an approximate one (1 ulp).</summary>
    public static sbyte[] Quantize(ReadOnlySpan<float> row, float? outlier)
    {
        float absoluteMaximum = Of(row, outlier);
        float factor = absoluteMaximum == 0 ? 0 : 127 / absoluteMaximum;
        var codes = new sbyte[row.Length];
        for (int i = 0; i < codes.Length; i++)
            if (outlier is not { } limit || MathF.Abs(row[i]) < limit)
                codes[i] = (sbyte)Math.Clamp(MathF.Round(row[i] * factor, MidpointRounding.ToEven), -127, 127);
        return codes;
    }
}
