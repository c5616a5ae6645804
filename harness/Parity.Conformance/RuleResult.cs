using System.Collections.Immutable;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Parity.Conformance;

/// <summary>What became of a rule's vectors.</summary>
/// <param name="RunBy">The backend, or the class whose function was called.</param>
/// <param name="Counterexample">The first vector that failed.</param>
/// <param name="FailedCases">The first twenty.</param>
/// <param name="NotRunReasons">Each vector that could not be run, with its reason; equal reasons once.</param>
public sealed record RuleResult(string Rule, string Source, string RunBy, int Vectors, int Passed, int Failed, int NotRun, string? Counterexample, ImmutableArray<string> FailedCases, ImmutableArray<string> NotRunReasons)
{
    private const int MostListed = 20;

    public static RuleResult Of(Rule rule, string runBy, IReadOnlyList<Checked> vectors)
    {
        int passed = vectors.Count(v => v.Passed), notRun = vectors.Count(v => v.Actual is null);
        Checked[] failures = [.. vectors.Where(v => v.Actual is not null && !v.Passed)];
        Checked? first = failures.FirstOrDefault();
        return new RuleResult(rule.Name, rule.Source, runBy, vectors.Count, passed, failures.Length, notRun,
            first is null ? null : $"{first.Case}: expected {first.Expected}, got {first.Actual}",
            [.. failures.Take(MostListed).Select(v => v.Case)],
            [.. vectors.Where(v => v.Actual is null).GroupBy(v => v.NotRun).Select(g => $"{string.Join(", ", g.Select(v => v.Case))}: {g.Key}")]);
    }
}

/// <param name="Backend">Its name.</param>
public sealed record ConformanceRecord(string Target, string Backend, string? NotRun, ImmutableArray<RuleResult> Rules);

[JsonSerializable(typeof(ConformanceRecord))]
public sealed partial class ConformanceJson : JsonSerializerContext
{
    public static ConformanceJson Files { get; } = new(new JsonSerializerOptions
    {
        WriteIndented = true,
        NewLine = "\n",
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}
