using System.Text.RegularExpressions;

namespace Parity.Cli.Tests;

/// <summary>The examples that README.md shows.</summary>
public static class Readme
{
    /// <summary>The one YAML block that holds a text.</summary>
    public static string Example(string holding) => Regex.Matches(File.ReadAllText(Path.Combine(Repository.Root, "README.md")), "```yaml\n(.*?)```", RegexOptions.Singleline)
        .Select(m => m.Groups[1].Value).Single(b => b.Contains(holding));

    /// <summary>The top-level keys of a YAML text, each with all its lines.</summary>
    public static Dictionary<string, string> Sections(string yaml) =>
        Regex.Matches(yaml, @"^([\w-]+):.*?(?=^[\w-]+:|\z)", RegexOptions.Singleline | RegexOptions.Multiline).ToDictionary(m => m.Groups[1].Value, m => m.Value);
}
