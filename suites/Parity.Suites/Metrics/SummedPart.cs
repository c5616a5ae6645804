namespace Parity.Suites.Metrics;

/// <summary>Which of a metric's measurements is of one class or size.</summary>
/// <param name="By">"class" or "size".</param>
/// <param name="Kind">Index of the measurement.</param>
/// <param name="ItemsTerm">Index of the term whose sum is what was labelled of it.</param>
public sealed record SummedPart(string By, string Name, int Kind, int ItemsTerm);
