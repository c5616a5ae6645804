using System.Collections.Immutable;

namespace Parity.Suites.Detection;

/// <param name="Stride">Input pixels a cell.</param>
/// <param name="Anchors">Width and height of each anchor in input pixels, one after the other.</param>
public sealed record Yolov5Head(DecoderOutput Output, int Stride, ImmutableArray<float> Anchors)
{
    /// <summary>A: anchors a cell.</summary>
    public int Count => Anchors.Length / 2;
}
