using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>Fields of records in settings: an absent one is the basis's, where there is a basis.</summary>
internal static class SettingsFields
{
    /// <summary>A member of an enumeration in kebab case, such as half-to-even.</summary>
    public static T Word<T>(Settings section, string key, T? basis) where T : struct, Enum
    {
        var words = Enum.GetValues<T>().ToImmutableSortedDictionary(Kebab, v => v, StringComparer.Ordinal);
        return words[section.Choice(key, [.. Enum.GetValues<T>().Select(Kebab)], basis is { } value ? Kebab(value) : null)];
    }

    /// <summary>A section that must be there, unless the basis has one; its own keys may be absent where the basis has them.</summary>
    public static T Field<T>(this Settings section, string key, T? basis, Func<Settings, T?, T> read) where T : class
    {
        if (basis is not null && !section.Has(key))
            return basis;
        var fields = section.Section(key);
        var value = read(fields, basis);
        fields.RejectUnknown();
        return value;
    }

    /// <summary>A section that may be absent, or be taken away by <c>none</c>.</summary>
    public static T? Optional<T>(this Settings section, string key, T? basis, Func<Settings, T?, T> read) where T : class =>
        !section.Has(key) ? basis : section.Entries[key].Text == "none" ? null : section.Field(key, basis, read);

    /// <summary>Likewise of a number.</summary>
    public static float? Optional(this Settings section, string key, float? basis, double least) =>
        !section.Has(key) ? basis : section.Entries[key].Text == "none" ? null : (float)section.Number(key, least: least);

    /// <summary>A list of sections, each of which may stand for several elements. One that is given replaces the basis's.</summary>
    public static ImmutableArray<T> List<T>(this Settings section, string key, ImmutableArray<T>? basis, Func<Settings, IEnumerable<T>> read)
    {
        if (basis is { } kept && !section.Has(key))
            return kept;
        var list = ImmutableArray.CreateBuilder<T>();
        foreach (var item in section.Items(key))
        {
            if (item.Section is not { } element)
            {
                section.Faults.Add($"an element of '{key}' is {item.Describe()}", item.Where, "Write a section of keys, such as {key: value}.");
                continue;
            }
            list.AddRange(read(element));
            element.RejectUnknown();
        }
        return list.ToImmutable();
    }

    private static string Kebab<T>(T value) where T : struct, Enum =>
        string.Concat(value.ToString().Select((c, i) => char.IsUpper(c) ? (i > 0 ? "-" : "") + char.ToLowerInvariant(c) : c.ToString()));
}
