namespace Parity.Engine.Measuring;

/// <summary>Whether a probe measures every layer by itself, and what of it.</summary>
public enum Isolation
{
    None,

    /// <summary>Weights and activations together: the reference is the target's own float twin, with the same weights.</summary>
    Whole,

    /// <summary>The error of the weights and that of the activations apart too.</summary>
    WeightsApart,
}
