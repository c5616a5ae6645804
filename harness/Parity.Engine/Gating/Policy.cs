using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Gating;

/// <summary>What a release must fulfil: the <c>policy</c> section of a suite or a file of its own.</summary>
/// <param name="AllowedBadSamples">More unusable samples than this and nothing is concluded.</param>
public sealed record Policy(ImmutableArray<Clause> Clauses, int AllowedBadSamples)
{
    /// <summary>Reads <c>clauses</c> (texts, or a section from target name to texts) and <c>allow-bad-samples</c>.</summary>
    public static Policy Read(Settings settings)
    {
        var clauses = ImmutableArray.CreateBuilder<Clause>();
        foreach (SettingsValue item in settings.Items("clauses"))
        {
            if (item.Text is { } text)
                Add(text, null, item.Where);
            else if (item.Section is { } section)
                foreach ((string target, SettingsValue value) in section.Entries.OrderBy(e => e.Key, StringComparer.Ordinal))
                    Add(value.Text ?? "", target, value.Where);
            else
                settings.Faults.Add("a clause is a list", item.Where, "Write one clause per line.");
        }

        int allowed = settings.Integer("allow-bad-samples", 0, least: 0);
        settings.RejectUnknown();
        return new Policy(clauses.ToImmutable(), allowed);

        void Add(string text, string? target, string where)
        {
            if (Clause.Parse(text, target, where, settings.Faults) is { } clause)
                clauses.Add(clause);
        }
    }
}
