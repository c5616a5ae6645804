using System.Globalization;

namespace Parity.Reports;

/// <summary>
/// Numbers as the pages print them, in the invariant culture. Fractions of 1 (AP, share) are printed as points of 100, so that a value,
/// its drop and the limit of a clause stand in one unit.
/// </summary>
public static class NumberText
{
    public const string NoValue = "no value";

    public const string NotFinite = "not finite";

    /// <summary>The unit in which <see cref="Value"/> prints a number of this unit.</summary>
    public static string Unit(string unit) => unit == "fraction" ? "points" : unit;

    /// <summary>Points with two decimals, whole counts without, anything else with up to three.</summary>
    public static string Value(double? value, string unit) => unit switch
    {
        "fraction" => Fixed(value * 100, "0.00"),
        "points" => Fixed(value, "0.00"),
        "count" => Fixed(value, "#,##0.###"),
        _ => Fixed(value, "#,##0.0##"),
    };

    public static string Bounds(double? lower, double? upper, string unit) =>
        lower is null && upper is null ? NoValue : $"{Value(lower, unit)} to {Value(upper, unit)}";

    public static string Count(long count) => count.ToString("#,##0", CultureInfo.InvariantCulture);

    public static string Digits(long number) => number.ToString(CultureInfo.InvariantCulture);

    public static string Share(double? share) => Percent(share, "0.0");

    /// <summary>A share that tells rare from never: two significant digits below a tenth of a percent.</summary>
    public static string RareShare(double? share) => share switch
    {
        0 => "0 %",
        > 0 and < 1e-8 => "below 0.000001 %",
        > 0 and < 1e-3 => Fixed(double.Parse((share.Value * 100).ToString("E1", CultureInfo.InvariantCulture), CultureInfo.InvariantCulture), "0.########") + " %",
        _ => Percent(share, "0.0#"),
    };

    /// <summary>A power of ten on an axis: plain to a hundred, then 1e3.</summary>
    public static string Power(double value) => value <= 100 ? Fixed(value, "0") : Fixed(value, "0e0");

    public static string Decibels(double? value) => Fixed(value, "0.0");

    /// <summary>A confidence such as 0.95 without needless decimals: 95 %.</summary>
    public static string Confidence(double confidence) => Fixed(confidence * 100, "0.##") + " %";

    public static string Seconds(double seconds) => Fixed(seconds, "#,##0.00");

    /// <summary>About five significant digits: scales lie decades apart.</summary>
    public static string Significant(double? value) => value is not { } number ? NoValue : Math.Abs(number) switch
    {
        0 => "0",
        < 1e-4 or >= 1e7 => Fixed(number, "0.####e0"),
        >= 1e4 => Fixed(number, "#,##0"),
        < 1e4 => number.ToString("G5", CultureInfo.InvariantCulture),
        _ => NotFinite,
    };

    /// <summary>One significant decade with its SI prefix: 1.08 G.</summary>
    public static string Si(long number) => number switch
    {
        >= 1_000_000_000 => Fixed(number / 1e9, "0.00") + " G",
        >= 1_000_000 => Fixed(number / 1e6, "0.00") + " M",
        >= 1_000 => Fixed(number / 1e3, "0.00") + " k",
        _ => Count(number),
    };

    /// <summary>A score of 0 to 1 with two decimals.</summary>
    public static string Score(double score) => Fixed(score, "0.00");

    /// <summary>A coordinate of a drawing: enough for a tenth of a pixel.</summary>
    public static string Coordinate(double value) => Fixed(value, "0.##");

    /// <summary>The number itself, for a script to sort by; empty sorts last.</summary>
    public static string Key(double? value) => value is { } number && double.IsFinite(number) ? number.ToString("R", CultureInfo.InvariantCulture) : "";

    private static string Percent(double? share, string format) =>
        share is { } number && double.IsFinite(number) ? Fixed(number * 100, format) + " %" : Fixed(share, format);

    private static string Fixed(double? value, string format)
    {
        if (value is not { } number)
            return NoValue;
        if (!double.IsFinite(number))
            return NotFinite;
        string text = number.ToString(format, CultureInfo.InvariantCulture);
        return text.StartsWith('-') && !text.AsSpan().ContainsAnyInRange('1', '9') ? text[1..] : text;
    }
}
