using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>From best to worst for a release; anything but <see cref="Pass"/> does not release.</summary>
public enum Verdict { Pass, Inconclusive, NotRun, Fail }

/// <summary>The whole of <c>verdict.json</c>.</summary>
/// <param name="Verdict">The worst of the clauses; Inconclusive without any clause.</param>
/// <param name="Policy">The clauses as written in the policy.</param>
public sealed record VerdictRecord(int Schema, string Suite, Verdict Verdict, ImmutableArray<string> Policy, ImmutableArray<ClauseRecord> Clauses)
{
    public const int CurrentSchema = 1;
}

/// <summary>One policy clause judged on one target.</summary>
/// <param name="Clause">As written: "bbox/AP drop &lt;= 1.0 points".</param>
/// <param name="Value">The judged number in <paramref name="Unit"/>; null is no value.</param>
/// <param name="Lower">One-sided lower bound, in the same unit; <paramref name="Upper"/> the upper bound, which is held against the limit.</param>
/// <param name="Reason">One sentence for people.</param>
/// <param name="SamplesToDecide">When the interval is astride the limit: about how many samples would decide.</param>
public sealed record ClauseRecord(
    string Target, string Clause, Verdict Verdict, string Reason, double? Value, double? Lower, double? Upper, double? Limit, string Unit, int? SamplesToDecide);
