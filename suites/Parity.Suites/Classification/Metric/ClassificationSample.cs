using System.Collections.Immutable;

namespace Parity.Suites.Classification;

/// <summary>One picture's class and the scores given to all classes.</summary>
/// <param name="Scores">Finite; logits or probabilities.</param>
public sealed record ClassificationSample(string Id, int Label, ImmutableArray<float> Scores);
