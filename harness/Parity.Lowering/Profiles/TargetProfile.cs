using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

public enum FloatPrecision { Float32, Float16 }

/// <summary>A chip's arithmetic as data: what a reader checks against the source in one look.</summary>
public sealed record TargetProfile
{
    /// <summary>As written in suites.</summary>
    public required string Name { get; init; }

    /// <summary>One line for people.</summary>
    public required string Summary { get; init; }

    /// <summary>Public documents and code.</summary>
    public required ImmutableArray<string> Sources { get; init; }

    /// <summary>What operators that are not quantized compute in.</summary>
    public required FloatPrecision Float { get; init; }

    /// <summary>Null: nothing is quantized.</summary>
    public required QuantizationRules? Quantization { get; init; }

    public required CostWeights Cost { get; init; }

    /// <summary>By operator; the last is for "*".</summary>
    public required ImmutableArray<ExactnessClaim> Exactness { get; init; }

    public CompilerRules Compiler { get; init; } = CompilerRules.AsWritten;

    /// <summary>Open questions and choices, each with a default.</summary>
    public ImmutableArray<ProfileFlag> Flags { get; init; } = [];

    /// <summary>What no public source settles and no flag changes, and what is assumed instead.</summary>
    public ImmutableArray<string> Unknowns { get; init; } = [];

    /// <summary>The profile with flags set; a wrong name or choice is added to <paramref name="faults"/>.</summary>
    public TargetProfile With(IEnumerable<KeyValuePair<string, string>> values, string where, FaultList faults)
    {
        var profile = this;
        foreach (var (name, value) in values.OrderBy(v => v.Key, StringComparer.Ordinal))
        {
            if (Flags.FirstOrDefault(f => f.Name == name) is not { } flag)
                faults.Add($"{Name} has no flag '{name}'", where, Flags.IsEmpty ? "Leave 'flags' out." : $"Its flags: {string.Join(", ", Flags.Select(f => f.Name))}.");
            else if (flag.Choices.FirstOrDefault(c => c.Value == value) is not { } choice)
                faults.Add($"{Name}'s flag '{name}' cannot be '{value}'", where, $"Choose {string.Join(" or ", flag.Choices.Select(c => c.Value))}.");
            else
                profile = choice.Effect(profile) is var changed
                    ? changed with { Flags = changed.Flags.Replace(changed.Flags.First(f => f.Name == name), flag with { Value = value }) } : profile;
        }
        return profile;
    }
}
