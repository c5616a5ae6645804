using System.Collections.Immutable;

namespace Parity.Conformance;

/// <summary>One rule of a target's arithmetic and the vectors that hold something against it.</summary>
/// <param name="Source">Where the rule is written.</param>
/// <param name="Chips">Targets that have it: a target is of a chip when its name is the chip's, or begins with it and a dash. Empty: all with a profile that quantizes.</param>
/// <param name="RunBy">What is under test: null stands for the backend.</param>
/// <param name="Check">Tries every vector.</param>
public sealed record Rule(string Name, string Source, ImmutableArray<string> Chips, string? RunBy, Func<Subject, IEnumerable<Checked>> Check)
{
    public bool AppliesTo(Subject subject) => Chips.IsEmpty
        ? subject.Profile?.Quantization is not null
        : Chips.Any(c => subject.Target == c || subject.Target.StartsWith(c + "-", StringComparison.Ordinal));

    public RuleResult Run(Subject subject) => RuleResult.Of(this, RunBy ?? subject.Backend.Name, [.. Check(subject)]);
}
