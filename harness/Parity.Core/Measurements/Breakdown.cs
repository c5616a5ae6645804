using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>A metric taken apart, every sample counted once.</summary>
public sealed record Breakdown(ImmutableArray<MetricPart> Parts, ImmutableArray<PrecisionCurve> Curves)
{
    public static Breakdown Empty { get; } = new([], []);
}

/// <summary>A measurement of a part of what was labelled.</summary>
/// <param name="By">"class" or "size".</param>
/// <param name="Name">Of the class or size, as the dataset or the metric has it.</param>
/// <param name="Items">What was labelled of it and counts: objects, or pixels for a metric over pixels.</param>
/// <param name="Measured">Bears the name of the whole metric (<c>bbox/AP</c>) where the part has no measurement of its own.</param>
public sealed record MetricPart(string By, string Name, long Items, Measurement Measured);

/// <summary>Precision along recall, averaged over the classes that have objects.</summary>
/// <param name="Measurement">The measurement that is the curve's mean: <c>bbox/AP50</c>.</param>
/// <param name="Precision">0 to 1, at recalls evenly from 0 to 1 (COCO's are 101); 0 where a recall is not reached. Never empty.</param>
public sealed record PrecisionCurve(string Measurement, ImmutableArray<double> Precision);
