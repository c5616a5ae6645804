namespace Parity.Lowering;

/// <summary>
/// HiSilicon's GFPQ: sign and magnitude of a base-2 logarithm, targets.md section 6. Code k stands for 2^((z + k) / steps), the sign bit for its negative; the sign bit alone
/// is zero, so there is no smallest negative value, and code 0 is the smallest positive one. Computed in double, as MQBench does.
/// </summary>
/// <param name="Offset">z, in steps: the logarithm of the smallest magnitude.</param>
/// <param name="StepsPerOctave">16 for 8 bits, 128 for 16 [INF].</param>
/// <param name="LargestMagnitude">127 for 8 bits, 4095 for 16 [INF].</param>
public readonly record struct LogarithmicCode(int Offset, int StepsPerOctave, int LargestMagnitude)
{
    /// <param name="clip">Largest magnitude; StepsPerOctave x log2(clip) is rounded to an integer, as the vendor's table has it.</param>
    public static LogarithmicCode ForClip(double clip, int bits)
    {
        var (steps, largest) = Shape(bits);
        return new LogarithmicCode((int)Math.Round(steps * Math.Log2(clip)) - largest, steps, largest);
    }

    /// <summary>The smallest clip value that holds absmax; 1 for an absmax of 0. A clip a rounding error below absmax still counts as holding it.</summary>
    public static LogarithmicCode ForAbsoluteMaximum(double absoluteMaximum, int bits)
    {
        var (steps, largest) = Shape(bits);
        return absoluteMaximum == 0 ? ForClip(1, bits)
            : new LogarithmicCode((int)Math.Ceiling(steps * Math.Log2(absoluteMaximum) - 1e-6) - largest, steps, largest);
    }

    /// <summary>The code whose bit alone is zero, and which is set in negative codes.</summary>
    public int SignBit => LargestMagnitude + 1;

    /// <summary>From here on a value is positive: half the smallest magnitude.</summary>
    public double PositiveThreshold => Math.Pow(2, (double)Offset / StepsPerOctave - 1);

    /// <summary>Below this a value is negative.</summary>
    public double NegativeThreshold => -Math.Pow(2, (Offset + 1.0) / StepsPerOctave - 1);

    /// <summary>Saturates; NaN must not come here.</summary>
    public int Quantize(double value) =>
        value >= PositiveThreshold ? Magnitude(value, 0)
        : value < NegativeThreshold ? SignBit | Magnitude(-value, 1)
        : SignBit;

    public double Dequantize(int code)
    {
        if (code == SignBit)
            return 0;
        double magnitude = Math.Pow(2, (double)(Offset + (code & LargestMagnitude)) / StepsPerOctave);
        return (code & SignBit) != 0 ? -magnitude : magnitude;
    }

    /// <summary>The values of all codes.</summary>
    public float[] CodeBook()
    {
        var book = new float[2 * SignBit];
        for (int code = 0; code < book.Length; code++)
            book[code] = (float)Dequantize(code);
        return book;
    }

    private int Magnitude(double value, int least) =>
        (int)Math.Clamp(Math.Round(StepsPerOctave * Math.Log2(value), MidpointRounding.ToEven) - Offset, least, LargestMagnitude);

    private static (int Steps, int Largest) Shape(int bits) => bits switch
    {
        8 => (16, 127),
        16 => (128, 4095),
        _ => throw new ArgumentOutOfRangeException(nameof(bits), bits, "GFPQ has 8 and 16 bits"),
    };
}
