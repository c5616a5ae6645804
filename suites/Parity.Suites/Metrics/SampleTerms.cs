using System.Collections.Immutable;

namespace Parity.Suites.Metrics;

/// <summary>What one sample adds to the sums that a metric is computed from.</summary>
public sealed record SampleTerms(string Id, ImmutableArray<double> Terms);
