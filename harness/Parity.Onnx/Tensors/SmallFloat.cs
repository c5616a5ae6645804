namespace Parity.Onnx;

/// <summary>Values of the floats of 8 and 4 bits, exact in float32. Source: ONNX "Float stored in 8 bits", OCP Microscaling Formats v1.0.</summary>
internal static class SmallFloat
{
    /// <exception cref="ArgumentOutOfRangeException">The type is no float of 8 or 4 bits.</exception>
    public static float ToSingle(TensorType type, byte code) => type switch
    {
        TensorType.Float8E4M3FN => (code & 0x7F) == 0x7F ? float.NaN : Value(code, 4, 3, 7),
        TensorType.Float8E5M2 => (code & 0x7C) == 0x7C
            ? (code & 3) != 0 ? float.NaN : (code & 0x80) != 0 ? float.NegativeInfinity : float.PositiveInfinity
            : Value(code, 5, 2, 15),
        TensorType.Float8E4M3FNUZ => code == 0x80 ? float.NaN : Value(code, 4, 3, 8),
        TensorType.Float8E5M2FNUZ => code == 0x80 ? float.NaN : Value(code, 5, 2, 16),
        TensorType.Float4E2M1 => Value(code, 2, 1, 1),
        TensorType.Float8E8M0 => code == 0xFF ? float.NaN : MathF.ScaleB(1, code - 127),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "no float of 8 or 4 bits"),
    };

    private static float Value(int code, int exponentBits, int mantissaBits, int bias)
    {
        int mantissa = code & ((1 << mantissaBits) - 1);
        int exponent = (code >> mantissaBits) & ((1 << exponentBits) - 1);
        float magnitude = exponent == 0
            ? MathF.ScaleB(mantissa, 1 - bias - mantissaBits)
            : MathF.ScaleB(mantissa + (1 << mantissaBits), exponent - bias - mantissaBits);
        return (code >> (exponentBits + mantissaBits) & 1) != 0 ? -magnitude : magnitude;
    }
}
