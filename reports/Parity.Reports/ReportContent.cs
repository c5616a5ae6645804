using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Reports;

/// <summary>The records that a report shows.</summary>
/// <param name="Findings">What rules found in each target, in the order in which to read it; null when no rule looked.</param>
/// <param name="Comparison">With an earlier run; null without one.</param>
public sealed record ReportContent(RunRecord Run, VerdictRecord Verdict, ImmutableArray<Finding>? Findings = null, ComparisonRecord? Comparison = null);
