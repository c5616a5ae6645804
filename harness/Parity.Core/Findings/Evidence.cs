namespace Parity.Core;

/// <summary>A number that a finding rests on.</summary>
/// <param name="Name">What was looked at, such as "codes used".</param>
/// <param name="Value">Null is no value.</param>
/// <param name="Limit">What the rule compared it with; null when it only illustrates.</param>
public sealed record Evidence(string Name, double? Value, string Unit, double? Limit = null);
