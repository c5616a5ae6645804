using System.Text.Json.Nodes;

namespace Parity.Cli.Tests;

/// <summary>Checks JSON against those keywords of a schema that records need, and refuses any other, so that nothing is passed over.</summary>
internal sealed class SchemaCheck(JsonObject root)
{
    /// <summary>Where the value breaks the schema and how; empty when it does not.</summary>
    public IEnumerable<string> Faults(JsonNode? value) => Faults(root, value, "$");

    private IEnumerable<string> Faults(JsonNode schema, JsonNode? value, string where)
    {
        if (schema is JsonValue always)
            return always.GetValue<bool>() ? [] : [$"{where} must not be"];
        return schema.AsObject().SelectMany(keyword => keyword.Key switch
        {
            "$schema" or "title" or "description" or "default" => [],
            "$ref" => Faults(Referred(keyword.Value!.GetValue<string>()), value, where),
            "type" => Types(keyword.Value!).Any(t => Is(t, value)) ? [] : [$"{where} is no {keyword.Value!.ToJsonString()}"],
            "enum" => keyword.Value!.AsArray().Any(v => JsonNode.DeepEquals(v, value)) ? [] : [$"{where} is none of {keyword.Value.ToJsonString()}"],
            "const" => JsonNode.DeepEquals(keyword.Value, value) ? [] : [$"{where} is not {keyword.Value?.ToJsonString()}"],
            "anyOf" => keyword.Value!.AsArray().Any(s => !Faults(s!, value, where).Any()) ? [] : [$"{where} fits none of its kinds"],
            "required" => value is JsonObject o ? keyword.Value!.AsArray().Select(n => n!.GetValue<string>()).Where(n => !o.ContainsKey(n)).Select(n => $"{where} lacks {n}") : [],
            "properties" => value is JsonObject o
                ? o.SelectMany(p => keyword.Value![p.Key] is { } inner ? Faults(inner, p.Value, $"{where}.{p.Key}")
                    : schema["additionalProperties"] is null ? [$"{where} has {p.Key}, of which the schema knows nothing"] : [])
                : [],
            "additionalProperties" => value is JsonObject o
                ? o.Where(p => schema["properties"]?[p.Key] is null).SelectMany(p => Faults(keyword.Value!, p.Value, $"{where}.{p.Key}"))
                : [],
            "items" => value is JsonArray a ? a.SelectMany((v, i) => Faults(keyword.Value!, v, $"{where}[{i}]")) : [],
            _ => throw new NotSupportedException($"keyword {keyword.Key}"),
        });
    }

    private JsonNode Referred(string pointer) =>
        pointer.TrimStart('#').Split('/', StringSplitOptions.RemoveEmptyEntries).Aggregate((JsonNode)root, (node, part) => node is JsonArray a ? a[int.Parse(part)]! : node[part]!);

    private static IEnumerable<string> Types(JsonNode types) => types is JsonArray several ? several.Select(t => t!.GetValue<string>()) : [types.GetValue<string>()];

    private static bool Is(string type, JsonNode? value) => (type, value?.GetValueKind()) switch
    {
        ("null", null) => true,
        ("object", System.Text.Json.JsonValueKind.Object) or ("array", System.Text.Json.JsonValueKind.Array) or ("string", System.Text.Json.JsonValueKind.String) => true,
        ("boolean", System.Text.Json.JsonValueKind.True or System.Text.Json.JsonValueKind.False) => true,
        ("number", System.Text.Json.JsonValueKind.Number) => true,
        ("integer", System.Text.Json.JsonValueKind.Number) => double.IsInteger(value!.GetValue<double>()),
        _ => false,
    };
}
