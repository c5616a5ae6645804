using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>
/// A change that a rule wants measured, because the run's figures alone cannot tell. Only `parity run` executes it, on the first samples of the dataset.
/// </summary>
/// <param name="What">The change in words: "/head/predict/Conv in float". Unique in a run together with <paramref name="Target"/>.</param>
/// <param name="Target">A target of the run, or "reference".</param>
/// <param name="KeepFloat">Operators (names of nodes) that this experiment puts in float beside those of the plan.</param>
/// <param name="Preprocessing">Keys of the suite's preprocessing with other values; empty leaves it.</param>
public sealed record Experiment(string What, string Target, ImmutableArray<string> KeepFloat, ImmutableSortedDictionary<string, string> Preprocessing)
{
    public static Experiment InFloat(string target, params ReadOnlySpan<string> nodes) =>
        new($"{string.Join(", ", nodes)} in float", target, [.. nodes], ImmutableSortedDictionary<string, string>.Empty);
}

/// <summary>What an experiment came to.</summary>
/// <param name="Samples">Evaluated, the same for both sides.</param>
/// <param name="Gain">
/// Headline measurement of the target as it is (as reference of the record) against the changed one: a negative drop is what the change wins. Null when it could not run.
/// </param>
/// <param name="Failure">Why it could not run; null when it did.</param>
public sealed record ExperimentRecord(Experiment Experiment, int Samples, DropRecord? Gain, string? Failure);
