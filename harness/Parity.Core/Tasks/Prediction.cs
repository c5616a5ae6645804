using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>What a model said of one sample, in coordinates of the sample. Tasks derive their own.</summary>
/// <param name="SampleId">The <see cref="Sample.Id"/>.</param>
/// <param name="Counts">How many items each stage saw, kept or dropped and why ("candidates", "nms.suppressed"), by name.</param>
/// <param name="Decisions">Every decision, when the prediction was asked to explain itself; else empty.</param>
public abstract record Prediction(string SampleId, ImmutableSortedDictionary<string, int> Counts, ImmutableArray<Decision> Decisions);
