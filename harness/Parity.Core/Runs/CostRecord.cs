using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>What a target's plan costs, counted in multiply-accumulates.</summary>
/// <param name="QuantizedMacShare">
/// Share of the multiply-accumulates (convolutions, products, recurrent layers) whose data and weights are both quantized, 0 to 1; null when the target
/// quantizes nothing, or when the model's shapes do not tell.
/// </param>
/// <param name="Relative">
/// Estimate by the profile's weights: 1 when every multiply-accumulate runs in the target's quantized format, more for layers in float. Operators that multiply nothing are not in it;
/// null when nothing multiplies or the shapes do not tell.
/// </param>
/// <param name="FloatLayers">Layers that multiply in float, in the order of the graph.</param>
public sealed record CostRecord(double? QuantizedMacShare, double? Relative, ImmutableArray<string> FloatLayers);

/// <summary>How near the emulation of some operators comes to the chip, as the target's profile says.</summary>
/// <param name="Operators">Operator types; "*" is all others.</param>
/// <param name="Exactness">"Exact", "Lsb(n)", "Relative(eps)" or "Unknown".</param>
public sealed record ExactnessRecord(ImmutableArray<string> Operators, string Exactness, string Why, string Source);
