using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Parity.Lowering;

/// <summary>What no public source settles, or what the target's tools let one choose. A suite sets it by <c>flags: {name: choice}</c>; a board can settle it.</summary>
/// <param name="Question">What is open, in a few words.</param>
/// <param name="Choices">The first is the default.</param>
/// <param name="Source">Why the default is what it is, with the evidence tag of targets.md.</param>
public sealed record ProfileFlag(string Name, string Question, ImmutableArray<FlagChoice> Choices, string Source)
{
    /// <summary>The choice in force.</summary>
    public string Value { get; init; } = Choices[0].Value;
}

/// <param name="Effect">What the choice makes of the profile with the default.</param>
public sealed record FlagChoice(string Value, [property: JsonIgnore] Func<TargetProfile, TargetProfile> Effect)
{
    /// <summary>The default, which the profile's data state already.</summary>
    public FlagChoice(string value)
        : this(value, profile => profile)
    {
    }

    /// <summary>A choice that changes the rules of quantization.</summary>
    public static FlagChoice Of(string value, Func<QuantizationRules, QuantizationRules> effect) =>
        new(value, profile => profile with { Quantization = effect(profile.Quantization!) });
}
