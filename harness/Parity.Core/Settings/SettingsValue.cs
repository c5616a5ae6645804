using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>One value of a settings file: exactly one of text, list and section is set.</summary>
/// <param name="Where">File and line.</param>
public sealed record SettingsValue(string Where, string? Text, ImmutableArray<SettingsValue>? Items, Settings? Section)
{
    public string Describe() => Text is not null ? $"'{Text}'" : Items is not null ? $"a list of {Items.Value.Length}" : "a section";
}
