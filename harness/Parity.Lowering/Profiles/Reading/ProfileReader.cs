using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>
/// A target's profile from settings, such as a file of a suite: the keys are the fields of <see cref="TargetProfile"/> in kebab case. <c>based-on</c> names a built-in target whose fields
/// hold wherever a key is absent; a list that is given replaces the whole list, and <c>none</c> takes an optional field away.
/// </summary>
public static partial class ProfileReader
{
    /// <summary>The profile, after <see cref="Settings.Faults"/> was told of every mistake.</summary>
    public static TargetProfile Read(Settings section)
    {
        var basis = section.Has("based-on") ? TargetProfiles.All.First(p => p.Name == section.Choice("based-on", [.. TargetProfiles.All.Select(p => p.Name)])) : null;
        string name = section.Text("name");
        if (TargetProfiles.All.Any(p => p.Name == name))
            section.Faults.Add($"'{name}' is a target of the product", section.Entries["name"].Where, "Give the chip another name, so that results tell the two apart.");
        if (name.EndsWith(".yaml", StringComparison.Ordinal) || name.AsSpan().ContainsAny("/\\ "))
            section.Faults.Add($"'{name}' cannot name a target", section.Entries["name"].Where, "Use a name without spaces, slashes and '.yaml': files are called after it.");
        // What another chip's documents say is no source for this one.
        var profile = Changed(section, basis) with { Name = name, Summary = section.Text("summary"), Sources = section.Texts("sources") };
        profile = profile with { Flags = section.List("flags", basis?.Flags ?? [], Flag) };
        section.RejectUnknown();
        // What a choice changes can only be read over the profile that it belongs to.
        foreach (var choice in profile.Flags.Where(_ => section.Has("flags")).SelectMany(f => f.Choices))
            choice.Effect(profile);
        if (profile.Exactness is not [.., { Operators: ["*"] }])
            section.Faults.Add("the list of exactness does not end with operators '*'", section.Where, "End it with what holds for all others, such as {operators: [\"*\"], exactness: Unknown, ...}.");
        return profile;
    }

    /// <summary>Every field but name, summary, sources and flags.</summary>
    private static TargetProfile Changed(Settings section, TargetProfile? basis) => new()
    {
        Name = basis?.Name ?? "",
        Summary = basis?.Summary ?? "",
        Sources = basis?.Sources ?? [],
        Float = SettingsFields.Word(section, "float", basis?.Float),
        Quantization = Required(section, "quantization", basis is not null).Optional("quantization", basis?.Quantization, RulesReader.Read),
        Cost = section.Field("cost", basis?.Cost, Cost),
        Compiler = section.Optional("compiler", basis?.Compiler ?? CompilerRules.AsWritten, Compiler) ?? CompilerRules.AsWritten,
        Exactness = section.List("exactness", basis?.Exactness, Claim),
        Flags = basis?.Flags ?? [],
        Unknowns = section.Texts("unknowns", basis?.Unknowns ?? []),
    };

    private static Settings Required(Settings section, string key, bool isInherited)
    {
        if (!isInherited && !section.Has(key))
            section.Faults.Add($"'{key}' is missing", section.Where, $"Add the section '{key}', or '{key}: none' for a target that computes in float.");
        return section;
    }

    private static CostWeights Cost(Settings s, CostWeights? basis) => new(
        s.Number("float32", basis?.Float32, least: 0), s.Number("float16", basis?.Float16, least: 0), s.Number("int16", basis?.Int16, least: 0), Source(s, basis?.Source));

    private static CompilerRules Compiler(Settings s, CompilerRules? basis) => new(
        s.Flag("focus-as-convolution", basis!.FocusAsConvolution), s.Flag("hard-swish-as-one", basis.HardSwishAsOne), s.Flag("input-normalization", basis.InputNormalization),
        SettingsFields.Word<BatchNormForm>(s, "batch-norm", basis.BatchNorm),
        s.Optional("max-pools", basis.MaxPools, (p, b) => new PoolSplit(p.Integer("largest", b?.Largest, least: 2), p.Integer("step", b?.Step, least: 3))),
        s.List("limits", basis.Limits, Limit));

    private static IEnumerable<OperatorLimit> Limit(Settings s)
    {
        var property = SettingsFields.Word<LimitedProperty>(s, "property", null);
        var limit = property is LimitedProperty.ResizeMode or LimitedProperty.PermuteOrder
            ? new OperatorLimit(s.Texts("operators"), property, s.Texts("allowed"), SettingsFields.Word<BeyondLimit>(s, "beyond", null), Source(s, null))
            : new OperatorLimit(s.Texts("operators"), property, s.Integer("least"), s.Integer("most"), SettingsFields.Word<BeyondLimit>(s, "beyond", null), Source(s, null));
        return [limit];
    }

    private static IEnumerable<ExactnessClaim> Claim(Settings s)
    {
        string text = s.Text("exactness");
        if (Exactness.Parse(text) is not { } exactness)
        {
            if (text.Length > 0)
                s.Faults.Add($"'{text}' is no exactness", s.Entries["exactness"].Where, "Write Exact, Unknown, Lsb(1) for codes that differ by at most one, or Relative(0.001).");
            exactness = Exactness.Unknown;
        }
        return [new ExactnessClaim(s.Texts("operators"), exactness, s.Text("why"), Source(s, null))];
    }

    private static IEnumerable<ProfileFlag> Flag(Settings s)
    {
        ImmutableArray<FlagChoice> choices = s.List<FlagChoice>("choices", null, c => [new FlagChoice(c.Text("value"), Effect(c))]);
        if (choices.Length < 2)
            s.Faults.Add("a flag has at least two choices", s.Where, "Give the default first, without 'changes', then what it may be instead.");
        return choices.IsEmpty ? [] : [new ProfileFlag(s.Text("name"), s.Text("question"), choices, Source(s, null))];
    }

    private static Func<TargetProfile, TargetProfile> Effect(Settings choice)
    {
        if (!choice.Has("changes"))
            return profile => profile;
        var changes = choice.Section("changes");
        return profile =>
        {
            var changed = Changed(changes, profile);
            changes.RejectUnknown();
            return changed;
        };
    }

    /// <summary>A claim names who says so, and how sure that is.</summary>
    internal static string Source(Settings s, string? fallback)
    {
        string source = s.Text("source", fallback);
        if (source.Length > 0 && !EvidenceTag().IsMatch(source))
            s.Faults.Add($"the source '{source}' has no evidence tag", s.Entries["source"].Where, "End it with [V] vendor, [V-IP] vendor of the core, [RE] reverse engineered, [3P] third party, [K] knowledge, [INF] inferred or [UNK].");
        return source;
    }

    [GeneratedRegex(@"\[(V|V-IP|RE|3P|K|INF|UNK)\b[^\]]*\]")]
    private static partial Regex EvidenceTag();
}
