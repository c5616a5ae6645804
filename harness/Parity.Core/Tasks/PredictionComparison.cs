using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>A target's prediction of a sample beside the reference's.</summary>
/// <param name="Changes">Items lost, then extra, each by descending score; empty for tasks without items.</param>
/// <param name="Counts">
/// Stage by stage: "lost" is the sum of "lost.score", "lost.topk" and so on; "matched" and "lost" together are "reference.final".
/// </param>
public sealed record PredictionComparison(ImmutableArray<ItemChange> Changes, ImmutableSortedDictionary<string, int> Counts);
