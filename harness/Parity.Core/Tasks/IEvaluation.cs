using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>
/// Predictions matched to ground truth, from which the metric can be computed again and again with samples counted
/// several times or not at all: the basis of the bootstrap. Safe to use from several threads.
/// </summary>
public interface IEvaluation
{
    /// <summary>The measurements in the order of <see cref="Measure"/>; the first is the task's headline.</summary>
    ImmutableArray<MeasurementKind> Kinds { get; }

    /// <summary>The samples evaluated, in the order of the weights.</summary>
    ImmutableArray<string> SampleIds { get; }

    /// <summary>
    /// Computes every measurement with sample i counted weights[i] times (>= 0). No value is NaN.
    /// All weights 1 is the metric itself, bit for bit; weights w equal a dataset in which sample i stands w times.
    /// </summary>
    void Measure(ReadOnlySpan<int> weights, Span<double> values);

    /// <summary>The same metric by class and size, and its curves; empty for metrics that do not tell.</summary>
    Breakdown Breakdown() => Core.Breakdown.Empty;
}
