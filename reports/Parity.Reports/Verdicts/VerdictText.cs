using Parity.Core;

namespace Parity.Reports.Verdicts;

/// <summary>A verdict in words and as the CSS class that colours it.</summary>
public static class VerdictText
{
    public static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "Pass",
        Verdict.Fail => "Fail",
        Verdict.Inconclusive => "Inconclusive",
        _ => "Not run",
    };

    public static string Consequence(Verdict verdict) => verdict == Verdict.Pass ? "May be released" : "Does not release";

    public static string Class(Verdict verdict) => verdict switch
    {
        Verdict.Pass => "is-pass",
        Verdict.Fail => "is-fail",
        Verdict.Inconclusive => "is-inconclusive",
        _ => "is-not-run",
    };
}
