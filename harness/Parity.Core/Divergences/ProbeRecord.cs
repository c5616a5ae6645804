using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>What the tapped runs of the probe samples showed of one target.</summary>
/// <param name="Samples">Ids of the probe samples.</param>
/// <param name="Layers">Accumulated divergence of every tensor of the layer map, in the order of the reference's graph.</param>
/// <param name="Quantizers">What each activation quantizer does to the reference's values, or what codes the target produced where there is no such tensor.</param>
/// <param name="TapChecks">The model's own outputs with taps against those without: taps must not change what they look at.</param>
/// <param name="Errors">Every quantized layer by itself, in the order of <paramref name="Layers"/>; null where none was measured, and then <paramref name="ErrorsFailure"/> says why, unless nothing is quantized.</param>
public sealed record ProbeRecord(
    ImmutableArray<string> Samples,
    ImmutableArray<Divergence> Layers,
    ImmutableArray<QuantizationDivergence> Quantizers,
    ImmutableArray<TapCheck> TapChecks,
    ImmutableArray<UnmatchedLayer> Unmatched,
    ImmutableArray<LayerError>? Errors = null,
    string? ErrorsFailure = null);

/// <param name="Session">"reference" or "target".</param>
/// <param name="EqualSamples">Probe samples on which the output was the same bit for bit.</param>
/// <param name="MaxAbs">Largest difference on any sample; null when one is not finite.</param>
public sealed record TapCheck(string Session, string Output, int Samples, int EqualSamples, double? MaxAbs);

/// <summary>A float tensor of the reference that the target does not have.</summary>
public sealed record UnmatchedLayer(string Tensor, string Reason);
