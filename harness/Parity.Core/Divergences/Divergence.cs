namespace Parity.Core;

public enum DivergenceKind
{
    /// <summary>Everything before the tensor ran on the target too.</summary>
    Accumulated,

    /// <summary>The layer was fed the reference's inputs.</summary>
    Isolated,

    /// <summary>As isolated, but only the layer's constants are quantized.</summary>
    IsolatedWeights,

    /// <summary>The isolated layer against the same with float activations.</summary>
    IsolatedActivations,
}

/// <summary>One reference tensor against its target tensor, summarised over images, each of which was measured by itself.</summary>
/// <param name="Reference">Tensor name in the reference model.</param>
/// <param name="Target">Tensor name in the target's model.</param>
/// <param name="State">The worst state of any image with elements; <see cref="DivergenceState.Empty"/> when there is none.</param>
/// <param name="Images">Images measured, empty tensors included.</param>
/// <param name="EmptyImages">Images on which the tensor had no elements; they are in no median and no worst.</param>
/// <param name="Elements">Elements compared over all images.</param>
public sealed record Divergence(
    string Reference,
    string Target,
    DivergenceKind Kind,
    DivergenceState State,
    int Images,
    int ExactImages,
    int ZeroReferenceImages,
    int NonFiniteImages,
    int EmptyImages,
    long Elements,
    MeasureSummary Cosine,
    MeasureSummary SqnrDb,
    MeasureSummary Nmse,
    MeasureSummary MaxAbs,
    MeasureSummary Mse,
    MeasureSummary MeanError);
