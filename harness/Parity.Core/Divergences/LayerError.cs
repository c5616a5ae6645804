using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>What one quantized layer does by itself, fed the reference's own tensors, beside what it has accumulated.</summary>
/// <param name="Reference">As in the accumulated divergence of the same tensor.</param>
/// <param name="Inputs">The reference's tensors that it was fed.</param>
/// <param name="Isolated">The target's layer against the reference.</param>
/// <param name="WeightsOnly">With the target's constants and float activations, against the reference; null where no constant is quantized or the reference has the same constants.</param>
/// <param name="Activations">
/// The target's layer against itself with float activations: what quantizing activations adds to <paramref name="WeightsOnly"/>. Null where that is, since all of
/// <paramref name="Isolated"/> is activations' then.
/// </param>
/// <param name="Increase">
/// Accumulated NMSE less the largest accumulated NMSE among the inputs, median over images: what ranks culprits. Negative where the layer mends more than it adds; null
/// where an NMSE has no value on some image.
/// </param>
/// <param name="Images">Per image, in the order of the probe samples.</param>
public sealed record LayerError(
    string Reference, string Target, ImmutableArray<string> Inputs, Divergence Isolated, Divergence? WeightsOnly, Divergence? Activations, double? Increase,
    ImmutableArray<LayerErrorImage> Images);

/// <summary>NMSE (sum (r-q)^2 / sum r^2) of one layer on one image; null where it has no value.</summary>
public sealed record LayerErrorImage(string Image, double? Accumulated, double? Isolated, double? WeightsOnly, double? Activations, double? Increase);
