using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Gating;

namespace Parity.Engine.Advising;

/// <summary>What a plan must reach on the searched samples: the clauses of the policy for its target, each with one standard error to spare. The full run judges afterwards.</summary>
public sealed record Goal(ImmutableArray<Clause> Clauses)
{
    private const double UsualLimit = 0.01;

    /// <summary>The measurement that is shown beside the layers.</summary>
    public string Metric => Clauses[0].Measurement;

    public string Text => $"{string.Join(", ", Clauses.Select(c => c.Text))}, with one standard error to spare";

    /// <param name="headline">Is held to one point where the policy says nothing of the target.</param>
    public static Goal Of(Policy policy, string target, string headline)
    {
        ImmutableArray<Clause> clauses = [.. policy.Clauses.Where(c => (c.Target is null || c.Target == target) && c.Form != ClauseForm.QuantizedShareAtLeast)];
        return new Goal(clauses.IsEmpty ? [new Clause($"{headline} drop <= 1.0 points", ClauseForm.DropAtMost, headline, UsualLimit, target)] : clauses);
    }

    /// <summary>False without a value or without a standard error.</summary>
    public bool IsMet(ImmutableArray<DropRecord> drops) => Clauses.All(c => drops.FirstOrDefault(d => d.Name == c.Measurement) is { StandardError: { } spare } drop && c.Form switch
    {
        ClauseForm.DropAtMost => drop.Drop + spare <= c.Limit,
        ClauseForm.ValueAtLeast => drop.Target - spare >= c.Limit,
        _ => drop.Target + spare <= c.Limit,
    });
}
