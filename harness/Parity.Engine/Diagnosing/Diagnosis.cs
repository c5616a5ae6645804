using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>Rules over targets to findings in the order in which to read them.</summary>
public static class Diagnosis
{
    /// <summary>Those with measured points first, most points first; then by certainty and weight. Experiments of the run are joined to the findings that wanted them.</summary>
    public static ImmutableArray<Finding> Of(TargetCase target, ImmutableArray<IRule> rules) =>
    [
        .. rules.SelectMany(r => r.Look(target))
            .Select(f => f with { Swap = f.Wanted is { } wanted ? target.Target.Experiments?.FirstOrDefault(e => e.Experiment.What == wanted.What) : null })
            .OrderByDescending(f => f.ExplainedPoints is > 0)
            .ThenByDescending(f => f.ExplainedPoints ?? 0)
            .ThenByDescending(f => f.Certainty)
            .ThenByDescending(f => f.Weight)
            .ThenBy(f => f.Rule, StringComparer.Ordinal)
            .ThenBy(f => f.Node, StringComparer.Ordinal),
    ];
}
