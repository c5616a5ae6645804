using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;

namespace Parity.Suites.Tests.Detection;

/// <summary>Settings written as JSON in a test.</summary>
internal static class SettingsText
{
    public static Settings Parse(string json, FaultList faults)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        return Section(document.RootElement, "test", faults);
    }

    private static Settings Section(JsonElement element, string where, FaultList faults) => new(
        where, element.EnumerateObject().ToImmutableDictionary(p => p.Name, p => Value(p.Value, $"{where}.{p.Name}", faults)), faults);

    private static SettingsValue Value(JsonElement element, string where, FaultList faults) => element.ValueKind switch
    {
        JsonValueKind.Object => new SettingsValue(where, null, null, Section(element, where, faults)),
        JsonValueKind.Array => new SettingsValue(where, null, [.. element.EnumerateArray().Select(e => Value(e, where, faults))], null),
        JsonValueKind.String => new SettingsValue(where, element.GetString(), null, null),
        _ => new SettingsValue(where, element.GetRawText(), null, null),
    };
}
