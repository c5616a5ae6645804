using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Tests;

/// <summary>Settings from lines of <c>key: value</c> or <c>key: [a, b]</c>, with line numbers as a YAML reader gives them.</summary>
internal static class SettingsText
{
    public static Settings Read(string lines, FaultList faults)
    {
        var entries = ImmutableDictionary.CreateBuilder<string, SettingsValue>();
        string[] all = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        for (int i = 0; i < all.Length; i++)
        {
            string[] parts = all[i].Split(':', 2, StringSplitOptions.TrimEntries);
            string where = $"suite.yaml:{i + 1}";
            entries[parts[0]] = parts[1].StartsWith('[')
                ? new SettingsValue(where, null, [.. parts[1].Trim('[', ']').Split(',', StringSplitOptions.TrimEntries).Select(t => new SettingsValue(where, t, null, null))], null)
                : new SettingsValue(where, parts[1], null, null);
        }
        return new Settings("suite.yaml", entries.ToImmutable(), faults);
    }
}
