using Parity.Core;

namespace Parity.Reports;

/// <summary>A clause and the anchor of its row on the overview.</summary>
/// <param name="TargetFile">The target's page; null when the run has no such target.</param>
public sealed record ClausePlace(ClauseRecord Clause, string Id, string? TargetFile);
