using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>Which side of a QuantizeLinear was looked at.</summary>
public enum QuantizationView
{
    /// <summary>The float values that go into it.</summary>
    Values,

    /// <summary>The codes that come out of it, or their dequantized values: what was lost on the way cannot be told.</summary>
    Codes,
}

/// <summary>What one Q/DQ pair did over all images.</summary>
/// <param name="Quantize">Name of the QuantizeLinear node, as in <see cref="QdqRecord.Quantize"/>.</param>
/// <param name="Channels">In the order of the scales; empty per tensor.</param>
/// <param name="Histogram">Null when the tensor is non-finite.</param>
public sealed record QuantizationDivergence(
    string Quantize, QuantizationView View, QuantizationMeasures Tensor, ImmutableArray<QuantizationMeasures> Channels, CodeHistogram? Histogram)
{
    /// <summary>Null where each channel has its own scale, and for tensors without channels.</summary>
    public ChannelExtents? Extents { get; init; }
}
