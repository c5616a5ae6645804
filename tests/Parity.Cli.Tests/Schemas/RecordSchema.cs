using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;
using System.Xml.Linq;

namespace Parity.Cli.Tests;

/// <summary>The JSON schema of a record, with the record's own comments as descriptions.</summary>
internal sealed class RecordSchema(XDocument comments)
{
    private readonly ILookup<string, XElement> _members = comments.Descendants("member").ToLookup(m => (string)m.Attribute("name")!);

    public JsonObject Of(JsonTypeInfo type, string title)
    {
        var options = new JsonSchemaExporterOptions { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Described };
        JsonObject schema = type.GetJsonSchemaAsNode(options).AsObject();
        schema.Insert(0, "$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.Insert(1, "title", title);
        return schema;
    }

    private JsonNode Described(JsonSchemaExporterContext context, JsonNode node)
    {
        string? text = context.PropertyInfo is { } property ? OfProperty(property) : Summary($"T:{context.TypeInfo.Type.FullName}");
        if (text is null || node is not JsonObject schema)
            return node;
        schema.Remove("description");
        schema.Insert(0, "description", text);
        return schema;
    }

    /// <summary>A positional property is described as a parameter of its record, another by a comment of its own.</summary>
    private string? OfProperty(JsonPropertyInfo property)
    {
        string type = property.DeclaringType.FullName!;
        XElement? parameter = _members[$"T:{type}"].Elements("param").FirstOrDefault(p => Same((string)p.Attribute("name")!, property.Name));
        return parameter is not null ? Text(parameter) : _members.Where(m => Same(m.Key, $"P:{type}.{property.Name}")).Select(m => Summary(m.Key)).FirstOrDefault();
    }

    private string? Summary(string member) => _members[member].Elements("summary").Select(Text).FirstOrDefault();

    private static bool Same(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    /// <summary>References as the last part of the name they point to.</summary>
    private static string Text(XElement element)
    {
        var parts = element.Nodes().Select(n => n switch
        {
            XElement { Value.Length: 0 } reference => ((string?)reference.Attribute("cref") ?? (string?)reference.Attribute("name") ?? "").Split('.', ':')[^1],
            XElement inner => inner.Value,
            _ => n.ToString().Replace("&lt;", "<").Replace("&gt;", ">").Replace("&amp;", "&"),
        });
        return string.Join(' ', string.Concat(parts).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }
}
