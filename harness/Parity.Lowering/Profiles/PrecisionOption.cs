namespace Parity.Lowering;

/// <summary>Another width of integers that single layers may have on a target.</summary>
/// <param name="Activations">Of what the layer reads, and makes where outputs are quantized.</param>
/// <param name="Source">Document, with the evidence tag of targets.md.</param>
public sealed record PrecisionOption(NumberFormat Activations, NumberFormat Weights, string Source)
{
    /// <summary>Null: as the target's usual layers.</summary>
    public BiasRule? Bias { get; init; }
}
