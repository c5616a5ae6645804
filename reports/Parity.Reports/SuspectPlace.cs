namespace Parity.Reports;

/// <summary>What to look at first, and why.</summary>
public sealed record SuspectPlace(string Why, string Name, string Url);
