namespace Parity.Lowering;

/// <summary>How one activation becomes codes: a format whose sign is chosen, and what follows from the tensor's range.</summary>
/// <param name="Linear">Null for logarithmic and dynamic codes.</param>
/// <param name="Logarithmic">Null for all others.</param>
internal sealed record ActivationCodes(NumberFormat Format, QuantizationParameters? Linear, LogarithmicCode? Logarithmic)
{
    /// <param name="fixedScale">Null: from the range.</param>
    public static ActivationCodes Of(ValueRange range, NumberFormat format, float? fixedScale)
    {
        if (format.Time == ScaleTime.Dynamic)
            return new ActivationCodes(format, null, null);
        if (format.Scale == ScaleForm.Logarithm)
            return new ActivationCodes(format, null, LogarithmicCode.ForAbsoluteMaximum(range.AbsoluteMaximum, format.Bits));
        var chosen = format.For(range);
        return new ActivationCodes(chosen, fixedScale is { } scale ? new QuantizationParameters(scale, 0) : QuantizationParameters.For(range, chosen), null);
    }
}
