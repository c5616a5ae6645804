using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>How far the channels of a tensor reach that has one scale for all of them: what one scale costs its narrowest channels.</summary>
/// <param name="Axis">Along which the channels lie: 1, or of three dimensions the shorter of the last two.</param>
/// <param name="Largest">Largest |value| of each channel over all images; empty where the shape is not the same on all images or a value is not finite.</param>
public sealed record ChannelExtents(int Axis, ImmutableArray<float> Largest);
