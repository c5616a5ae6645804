using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>The whole of <c>findings.json</c>: what the rules saw in a run, target by target, each in the order in which to read it.</summary>
/// <param name="ReferenceSeen">False when the float model was not at hand, so that rules which compare the two graphs looked at one only.</param>
public sealed record FindingsRecord(int Schema, string Suite, bool ReferenceSeen, ImmutableArray<Finding> Findings)
{
    public const int CurrentSchema = 1;

    public IEnumerable<Finding> Of(string target) => Findings.Where(f => f.Target == target);
}
