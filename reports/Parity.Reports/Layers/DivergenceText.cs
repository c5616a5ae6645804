using Parity.Core;

namespace Parity.Reports.Layers;

/// <summary>States and measures of a divergence in words; what has no value says why.</summary>
public static class DivergenceText
{
    public static string Word(DivergenceState state) => state switch
    {
        DivergenceState.Exact => "exact",
        DivergenceState.Compared => "compared",
        DivergenceState.ZeroReference => "no signal",
        DivergenceState.NonFinite => NumberText.NotFinite,
        _ => "nothing compared",
    };

    public static string Decibels(double? value, DivergenceState state) => value is null ? Word(state) : NumberText.Decibels(value);

    public static string Measure(double? value, DivergenceState state) => value is null ? Word(state) : NumberText.Significant(value);

    /// <summary>To sort an SQNR by: exact above all values, what is too bad for a value below them, nothing compared last.</summary>
    public static string SqnrKey(double? value, DivergenceState state) => NumberText.Key(value ?? state switch
    {
        DivergenceState.Exact => 1e9,
        DivergenceState.ZeroReference => -1e9,
        DivergenceState.NonFinite => -2e9,
        _ => null,
    });
}
