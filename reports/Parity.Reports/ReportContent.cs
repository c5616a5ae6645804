using Parity.Core;

namespace Parity.Reports;

/// <summary>The records that a report shows.</summary>
/// <param name="Verdict">Null where nothing was judged: two models compared layer by layer.</param>
/// <param name="Findings">What rules found; null when no rule looked.</param>
/// <param name="Comparison">With an earlier run; null without one.</param>
public sealed record ReportContent(RunRecord Run, VerdictRecord? Verdict, FindingsRecord? Findings = null, ComparisonRecord? Comparison = null);
