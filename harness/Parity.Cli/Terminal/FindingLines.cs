using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Cli.Terminal;

/// <summary>Findings as lines: how sure, where, what was seen, what to do.</summary>
public static class FindingLines
{
    public static void Print(string target, ImmutableArray<Finding> findings, int most = int.MaxValue)
    {
        Console.WriteLine(findings.IsEmpty ? $"{target}: no rule found anything" : $"{target}: {findings.Length} findings");
        foreach (Finding finding in findings.Take(most))
        {
            string points = finding.ExplainedPoints is { } won ? string.Create(CultureInfo.InvariantCulture, $", {Math.Round(won * 100, 2):+0.00;-0.00;0.00} points without it") : "";
            Console.WriteLine($"  {finding.Certainty.ToString().ToLowerInvariant()}  {finding.Rule}{(finding.Node is null ? "" : $" at {finding.Node}")}{points}");
            Console.WriteLine($"    {finding.Saw}");
            Console.WriteLine($"    do: {finding.Remedy}");
        }
        if (findings.Length > most)
            Console.WriteLine($"  {findings.Length - most} more in findings.json");
    }
}
