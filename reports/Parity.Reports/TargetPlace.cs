using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Reports;

/// <summary>A target, its page, and the clauses judged on it.</summary>
/// <param name="CardId">Anchor of its card on the overview.</param>
public sealed record TargetPlace(TargetRecord Target, string File, string CardId, ImmutableArray<ClausePlace> Clauses);
