using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>What a model said of one sample, in coordinates of the sample. Tasks derive their own.</summary>
/// <param name="SampleId">The <see cref="Sample.Id"/>.</param>
/// <param name="Counts">
/// How many items each stage saw, kept or dropped and why ("candidates", "nms.suppressed"), by name; of a target also how its items differ from the reference's
/// (<see cref="PredictionComparison.Counts"/>).
/// </param>
public abstract record Prediction(string SampleId, ImmutableSortedDictionary<string, int> Counts)
{
    /// <summary>How it came about, when the prediction was asked to explain itself; else null. Large: not kept over samples.</summary>
    public Explanation? Explanation { get; init; }

    public ImmutableArray<Decision> Decisions => Explanation?.Decisions() ?? [];
}
