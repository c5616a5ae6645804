using System.Collections.Immutable;
using Parity.Core;
using YamlDotNet.RepresentationModel;

namespace Parity.Engine.Advising;

/// <summary>Writes a plan into a suite's text and leaves every other character as it is: comments, order and form are the author's.</summary>
public static class SuiteEdit
{
    private const string Key = "precision";

    /// <summary>Keys that a plan stands for, which give way to it.</summary>
    private static readonly ImmutableArray<string> Replaced = ["keep-float", Key];

    /// <param name="target">Position in the list of targets.</param>
    /// <param name="plan">All patterns of the target, those it had among them.</param>
    /// <exception cref="FaultException">The text holds no such target.</exception>
    public static string Write(string text, int target, PlanRecord plan)
    {
        var stream = new YamlStream();
        stream.Load(new StringReader(text));
        if (stream.Documents is not [{ RootNode: YamlMappingNode root }] || !root.Children.TryGetValue("targets", out YamlNode? list) || list is not YamlSequenceNode targets || target >= targets.Children.Count)
            throw new FaultException($"there is no target {target + 1}", "targets", "Give a suite that lists its targets.");
        string entry = $"{Key}: {Flow(plan)}";
        return targets.Children[target] switch
        {
            YamlMappingNode { Style: YamlDotNet.Core.Events.MappingStyle.Flow } mapping => InFlow(text, mapping, entry),
            YamlMappingNode mapping => InBlock(text, mapping, entry),
            var name => Spliced(text, At(name.Start), At(name.End), $"{{profile: {text[At(name.Start)..At(name.End)]}, {entry}}}"),
        };
    }

    private static string InFlow(string text, YamlMappingNode mapping, string entry)
    {
        // What stays is cut out of the text as it stands.
        var kept = mapping.Children.Where(c => !IsReplaced(c.Key)).Select(c => text[At(c.Key.Start)..EndOf(text, c.Value)]);
        return Spliced(text, At(mapping.Start), EndOf(text, mapping), $"{{{string.Join(", ", kept.Append(entry))}}}");
    }

    /// <summary>Every entry has lines of its own, of which those of replaced keys go; the plan's line comes behind the rest.</summary>
    private static string InBlock(string text, YamlMappingNode mapping, string entry)
    {
        string indent = new(' ', (int)mapping.Start.Column - 1);
        var kept = mapping.Children.Where(c => !IsReplaced(c.Key)).ToList();
        int start = At(mapping.Start), end = mapping.Children.Max(c => EndOf(text, c.Value));
        var lines = kept.Select(c => text[At(c.Key.Start)..LineEnd(text, EndOf(text, c.Value))].TrimEnd('\r')).Append(entry);
        return Spliced(text, start, LineEnd(text, end), string.Join($"\n{indent}", lines));
    }

    private static bool IsReplaced(YamlNode key) => key is YamlScalarNode { Value: { } name } && Replaced.Contains(name);

    /// <summary>{float: ["a", "b"], int16: ["c"]}</summary>
    private static string Flow(PlanRecord plan) => "{" + string.Join(", ", new[] { ("float", plan.KeepFloat), ("fp16", plan.Float16), ("int16", plan.Int16) }
        .Where(p => !p.Item2.IsEmpty).Select(p => $"{p.Item1}: [{string.Join(", ", p.Item2.Select(Quoted))}]")) + "}";

    private static string Quoted(string pattern) => $"\"{pattern.Replace("\\", "\\\\").Replace("\"", "\\\"")}\"";

    private static string Spliced(string text, int start, int end, string with) => text[..start] + with + text[end..];

    /// <summary>Behind the node's last character: YamlDotNet's own end of a collection is that of its first token.</summary>
    private static int EndOf(string text, YamlNode node) => node switch
    {
        YamlMappingNode { Style: YamlDotNet.Core.Events.MappingStyle.Flow } mapping => Closing(text, '}', mapping, mapping.Children.Select(c => c.Value)),
        YamlSequenceNode { Style: YamlDotNet.Core.Events.SequenceStyle.Flow } list => Closing(text, ']', list, list.Children),
        YamlMappingNode { Children.Count: > 0 } mapping => EndOf(text, mapping.Children.Last().Value),
        YamlSequenceNode { Children.Count: > 0 } list => EndOf(text, list.Children[^1]),
        _ => At(node.End),
    };

    private static int Closing(string text, char bracket, YamlNode node, IEnumerable<YamlNode> children) =>
        text.IndexOf(bracket, children.Select(c => EndOf(text, c)).DefaultIfEmpty(At(node.Start)).Max()) + 1;

    /// <summary>With a comment behind it, without the line break.</summary>
    private static int LineEnd(string text, int from) => text.IndexOf('\n', from) is >= 0 and var end ? end : text.Length;

    private static int At(YamlDotNet.Core.Mark mark) => (int)mark.Index;
}
