using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>What became of something from one run to another.</summary>
public enum RunChange
{
    Worse,
    Better,
    New,
    Gone,

    /// <summary>One side has no value.</summary>
    Unknown,
    Same,
}

/// <summary>A run beside an earlier one.</summary>
/// <param name="Suite">Of the earlier run, as <paramref name="StartedUtc"/> and <paramref name="Tool"/>.</param>
/// <param name="Differences">Inputs that the runs do not share, in words; empty when they do.</param>
/// <param name="Targets">In the order of the later run, then those only the earlier one had.</param>
public sealed record ComparisonRecord(string Suite, string StartedUtc, string Tool, ImmutableArray<string> Differences, ImmutableArray<TargetComparison> Targets);

/// <param name="Change">By the headline measurement.</param>
/// <param name="Layers">Accumulated SQNR: the greatest fall first, then new and gone layers, then those without a value, then the rest.</param>
public sealed record TargetComparison(
    string Name, RunChange Change, ImmutableArray<ClauseComparison> Clauses, ImmutableArray<ValueComparison> Measurements, ImmutableArray<ValueComparison> Layers);

/// <param name="Before">Null when the earlier run had no such clause; <paramref name="Now"/> likewise.</param>
public sealed record ClauseComparison(string Clause, Verdict? Before, Verdict? Now);

/// <param name="Difference">Now less before; null where one has no value.</param>
public sealed record ValueComparison(string Name, string Unit, double? Before, double? Now, double? Difference, RunChange Change);
