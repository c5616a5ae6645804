using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>How sure a finding is of being at fault.</summary>
public enum Certainty
{
    /// <summary>Worth a look: no loss was tied to it.</summary>
    Hint,

    /// <summary>Its figures are far outside of what sound models show.</summary>
    Likely,

    /// <summary>Broken whatever the metric says: not finite, never calibrated, nothing quantized.</summary>
    Certain,
}

/// <summary>One thing that a rule saw in one target.</summary>
/// <param name="Rule">Id of the rule, such as "range-too-wide".</param>
/// <param name="Node">Node of the target's model; null when it is about the whole.</param>
/// <param name="Tensor">Tensor of the reference, or of the target where the reference has none.</param>
/// <param name="Saw">One sentence with its figures.</param>
/// <param name="Remedy">What to do about it.</param>
/// <param name="Weight">
/// By which findings of one certainty stand in order, largest first: where the rule can tell, the share of the tensor's error or of the model's lost signal.
/// </param>
/// <param name="Wanted">What would prove it; null where nothing can be switched.</param>
/// <param name="Swap">The proof, when it was run.</param>
public sealed record Finding(
    string Rule, string Target, Certainty Certainty, string? Node, string? Tensor, string Saw, ImmutableArray<Evidence> Evidence, string Remedy,
    double Weight, Experiment? Wanted = null, ExperimentRecord? Swap = null)
{
    /// <summary>Points of the headline metric (fractions of 1) that undoing it wins back; null when not measured.</summary>
    public double? ExplainedPoints => Swap?.Gain is { Drop: { } drop } ? -drop : null;
}
