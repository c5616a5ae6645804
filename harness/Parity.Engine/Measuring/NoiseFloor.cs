using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Suites;

namespace Parity.Engine.Measuring;

/// <summary>
/// The reference against itself: other thread counts and optimisation levels change the order of float sums and nothing else, so what they
/// move the metric by is what no drop can be told from.
/// </summary>
public static class NoiseFloor
{
    /// <summary>The settings tried beside the suite's own.</summary>
    public static ImmutableArray<(string Variant, SessionRequest Request)> Variants(Suite suite)
    {
        var own = new SessionRequest(suite.ModelPath, suite.Preprocessor.Contract, [], Optimize: true, suite.Threads);
        int threads = suite.Threads == 1 ? 2 : 1;
        return [($"{threads} {(threads == 1 ? "thread" : "threads")}", own with { Threads = threads }), ("not optimised", own with { Optimize = false })];
    }

    /// <summary>The name under which a variant's predictions stand in the journal.</summary>
    public static string SessionName(string variant) => $"{NamedSession.Reference}, {variant}";

    public static NoiseFloorRecord Record(string variant, ISession session, Evaluated reference, Evaluated values, int equalSamples) => new(
        variant, session.Arithmetic, values.Evaluation.SampleIds.Length, equalSamples,
        reference.Measurements.Zip(values.Measurements)
            .Where(p => p.First.Value is not null && p.Second.Value is not null)
            .ToImmutableSortedDictionary(p => p.First.Name, p => p.First.Value!.Value - p.Second.Value!.Value, StringComparer.Ordinal));

    /// <summary>Drops with the largest difference that any variant showed for the same measurement.</summary>
    public static ImmutableArray<DropRecord> Apply(ImmutableArray<DropRecord> drops, ImmutableArray<NoiseFloorRecord>? floor) => floor is not { Length: > 0 } records
        ? drops
        : [.. drops.Select(d => d with { NoiseFloor = records.Max(r => r.Differences.TryGetValue(d.Name, out double difference) ? Math.Abs(difference) : 0) })];
}
