namespace Parity.Suites.Metrics;

/// <summary>A class's name as a part of a measurement's, which a policy can write.</summary>
public static class MeasurementName
{
    /// <summary>Letters, digits, points and underscores stay; all else, blanks included, becomes a hyphen.</summary>
    public static string Word(string name) => string.Concat(name.Select(c => char.IsLetterOrDigit(c) || c is '.' or '_' ? c : '-'));
}
