namespace Parity.Core;

public enum Direction { HigherIsBetter, LowerIsBetter }

/// <summary>What is measured. <paramref name="Name"/> is like <c>bbox/AP</c>; <paramref name="Unit"/> like <c>fraction</c> (0 to 1).</summary>
public sealed record MeasurementKind(string Name, string Unit, Direction Direction);

/// <summary>A number with its meaning and no verdict.</summary>
/// <param name="Value">Null is "no value" (nothing to measure); never NaN, -1 or a stand-in 0.</param>
/// <param name="Count">Samples it was measured on.</param>
public sealed record Measurement(string Name, double? Value, string Unit, Direction Direction, int Count);
