using System.Collections.Immutable;
using Parity.Core;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Parity.Engine.Suites;

/// <summary>Reads a YAML mapping into <see cref="Settings"/>, keeping the line of every value.</summary>
public static class YamlSettings
{
    /// <exception cref="FaultException">Not YAML, or the document is not a mapping.</exception>
    public static Settings Parse(string text, string file, FaultList faults)
    {
        var stream = new YamlStream();
        try
        {
            stream.Load(new StringReader(text));
        }
        catch (YamlException e)
        {
            throw new FaultException($"not valid YAML: {e.Message}", $"{file}:{e.Start.Line}", "Mend the line; indentation and colons matter in YAML.");
        }

        if (stream.Documents.Count != 1 || stream.Documents[0].RootNode is not YamlMappingNode root)
            throw new FaultException("the file holds no mapping of keys to values", file, "Start from one of the suites in suites/*.yaml.");
        return Section(root, file, "", faults);
    }

    private static Settings Section(YamlMappingNode node, string file, string path, FaultList faults)
    {
        var entries = ImmutableDictionary.CreateBuilder<string, SettingsValue>(StringComparer.Ordinal);
        foreach ((YamlNode key, YamlNode value) in node.Children)
        {
            string name = (key as YamlScalarNode)?.Value ?? "";
            entries[name] = Value(value, file, path.Length == 0 ? name : $"{path}.{name}", faults);
        }
        return new Settings(Where(node, file, path), entries.ToImmutable(), faults);
    }

    private static SettingsValue Value(YamlNode node, string file, string path, FaultList faults)
    {
        string where = Where(node, file, path);
        return node switch
        {
            YamlMappingNode mapping => new SettingsValue(where, null, null, Section(mapping, file, path, faults)),
            YamlSequenceNode list => new SettingsValue(where, null, [.. list.Children.Select((item, i) => Value(item, file, $"{path}[{i}]", faults))], null),
            _ => new SettingsValue(where, ((YamlScalarNode)node).Value ?? "", null, null),
        };
    }

    private static string Where(YamlNode node, string file, string path) => $"{file}:{node.Start.Line} {path}".TrimEnd();
}
