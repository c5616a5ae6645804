using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>How far the channels of a tensor reach: what one scale for all of them costs the narrowest.</summary>
/// <param name="Axis">Along which the channels lie: of activations 1, or of three dimensions the shorter of the last two; of weights that of the output channels.</param>
/// <param name="Largest">Largest |value| of each channel, of activations over all images; empty where the shape is not the same on all images or a value is not finite.</param>
public sealed record ChannelExtents(int Axis, ImmutableArray<float> Largest);
