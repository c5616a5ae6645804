using System.Collections.Immutable;
using System.Text.RegularExpressions;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>The nodes of the float model that patterns name: * is any text, ? any character, all else itself.</summary>
internal static class NamePattern
{
    /// <summary>Outputs of the named nodes.</summary>
    /// <exception cref="FaultException">Patterns that name neither a node nor a node's output, each with the nearest name.</exception>
    /// <param name="where">The setting that holds the patterns.</param>
    public static ImmutableHashSet<string> Outputs(Graph graph, ImmutableArray<string> patterns, string where)
    {
        var faults = new FaultList();
        var nodes = graph.Nodes.Where(n => !n.Is("Constant")).ToImmutableArray();
        var outputs = ImmutableHashSet.CreateBuilder<string>(StringComparer.Ordinal);
        foreach (string pattern in patterns)
        {
            var regex = new Regex($"^{Regex.Escape(pattern).Replace("\\*", ".*").Replace("\\?", ".")}$", RegexOptions.CultureInvariant | RegexOptions.Singleline);
            var named = nodes.Where(n => Names(n).Any(regex.IsMatch)).ToList();
            outputs.UnionWith(named.SelectMany(n => n.Outputs));
            if (named.Count == 0)
            {
                string? nearest = nodes.SelectMany(Names).OrderBy(n => EditDistance.ToPattern(n, pattern)).ThenBy(n => n, StringComparer.Ordinal).FirstOrDefault();
                faults.Add($"no layer is named '{pattern}'", where, nearest is null ? "The model has no layers." : $"The nearest name is '{nearest}'.");
            }
        }
        faults.ThrowIfAny();
        return outputs.ToImmutable();
    }

    private static IEnumerable<string> Names(Node node) => node.Outputs.Where(o => o.Length > 0).Prepend(node.Name);
}
