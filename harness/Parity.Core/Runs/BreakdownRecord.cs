using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>Where a target's drop lies: class by class, size by size, and along the precision-recall curve.</summary>
public sealed record BreakdownRecord(ImmutableArray<PartRecord> Parts, ImmutableArray<CurveRecord> Curves);

/// <param name="By">"class" or "size".</param>
/// <param name="Items">What was labelled of it: objects, or pixels for a metric over pixels.</param>
/// <param name="Drop">The target's own drop, with bounds, where the part is a measurement of the run (<c>bbox/APs</c>); else without bounds, named as the whole (<c>bbox/AP</c>).</param>
public sealed record PartRecord(string By, string Name, long Items, DropRecord Drop);

/// <summary>Precision (0 to 1) along recall, averaged over classes, of both sides.</summary>
/// <param name="Measurement">The measurement that is the curve's mean: <c>bbox/AP</c>, <c>bbox/AP50</c>.</param>
/// <param name="Reference">At recalls evenly from 0 to 1.</param>
public sealed record CurveRecord(string Measurement, ImmutableArray<double> Reference, ImmutableArray<double> Target);
