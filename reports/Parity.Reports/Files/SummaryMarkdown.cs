using System.Text;
using Parity.Core;
using Parity.Reports.Verdicts;

namespace Parity.Reports;

/// <summary>The verdict as Markdown for a pull-request comment: one table of targets, then a sentence for each clause that does not pass.</summary>
public static class SummaryMarkdown
{
    private const string Special = "\\`*_{}[]<>#|~@!&$^";

    public static string Of(RunRecord run, VerdictRecord verdict, FindingsRecord? findings = null)
    {
        var text = new StringBuilder();
        text.Append($"### {Mark(verdict.Verdict)} {VerdictText.Word(verdict.Verdict)}: {Escaped(run.Suite)}\n\n");
        text.Append($"{VerdictText.Consequence(verdict.Verdict)}. {NumberText.Count(run.Dataset.Count)} images of {Escaped(run.Dataset.Name)}, float model {Escaped(run.Reference.Model.File)}.\n\n");
        text.Append("| target | metric | float | target | drop | bounds | quantized MACs | verdict |\n|---|---|--:|--:|--:|--:|--:|---|\n");
        foreach (TargetRecord target in run.Targets)
            text.Append(Row(target, verdict));
        text.Append($"\nPoints of 100; one-sided {NumberText.Confidence(run.Bootstrap.Confidence)} bounds.\n");

        ClauseRecord[] open = [.. verdict.Clauses.Where(c => c.Verdict != Verdict.Pass)];
        if (open.Length > 0)
            text.Append('\n');
        foreach (ClauseRecord clause in open)
            text.Append($"- {Mark(clause.Verdict)} **{Escaped(clause.Target)}**: {Escaped(clause.Clause)}. {Escaped(clause.Reason)}\n");
        // Findings stand in the order in which to read them: the first is the likeliest cause.
        foreach (Finding first in open.Select(c => c.Target).Distinct(StringComparer.Ordinal).Select(t => findings?.Of(t).FirstOrDefault()).OfType<Finding>())
            text.Append($"- {Escaped(first.Target)}, first finding ({Escaped(first.Rule)}): {Escaped(first.Saw)} {Escaped(first.Remedy)}\n");
        if (verdict.Clauses.IsEmpty)
            text.Append("\nThe policy has no clause, so nothing allows a release.\n");
        return text.ToString();
    }

    /// <summary>A target's headline is its first measurement, as everywhere.</summary>
    private static string Row(TargetRecord target, VerdictRecord verdict)
    {
        Verdict[] judged = [.. verdict.Clauses.Where(c => c.Target == target.Name).Select(c => c.Verdict)];
        string mark = judged.Length == 0 ? "not judged" : $"{Mark(judged.Max())} {VerdictText.Word(judged.Max())}";
        string[] figures = target.Drops is [var drop, ..]
            ?
            [
                Escaped(drop.Name), NumberText.Value(drop.Reference, drop.Unit), NumberText.Value(drop.Target, drop.Unit), NumberText.Value(drop.Drop, drop.Unit),
                NumberText.Bounds(drop.Lower, drop.Upper, drop.Unit), NumberText.Share(target.QuantizedMacShare),
            ]
            : [target.Availability.IsReady ? "not compared" : "not run", "", "", "", "", ""];
        return $"| {string.Join(" | ", [Escaped(target.Name), .. figures, mark])} |\n";
    }

    /// <summary>Signs that stay apart without colour.</summary>
    private static string Mark(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "✅",
        Verdict.Fail => "❌",
        Verdict.Inconclusive => "❔",
        _ => "⛔",
    };

    /// <summary>Names come from models and suites: they may neither break the table nor mention people or bring markup.</summary>
    private static string Escaped(string text)
    {
        var safe = new StringBuilder();
        foreach (char c in text)
            safe.Append(c is '\n' or '\r' ? " " : Special.Contains(c) ? $"&#{NumberText.Digits(c)};" : c.ToString());
        return safe.ToString();
    }
}
