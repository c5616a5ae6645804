namespace Parity.Suites.Saliency;

/// <summary>One picture's salient pixels and how salient each was said to be.</summary>
/// <param name="Truth">A pixel each; at least one.</param>
/// <param name="Predicted">0 to 1, for the same pixels.</param>
public sealed record SaliencySample(string Id, bool[] Truth, float[] Predicted);
