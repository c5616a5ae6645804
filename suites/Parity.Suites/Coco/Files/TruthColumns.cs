using System.Collections.Immutable;

namespace Parity.Suites.Coco;

/// <summary>An annotation file as far as one kind of shape needs it.</summary>
/// <param name="ImageIds">Ascending: the order of samples.</param>
/// <param name="Widths">Pixels, of each sample; 0 where the file does not say.</param>
/// <param name="Categories">By id.</param>
/// <param name="Boxes">x, y, width, height of each object; empty unless needed.</param>
/// <param name="Shapes">Offset in the file of each object's <c>segmentation</c>; empty unless needed.</param>
/// <param name="Keypoints">x, y, v of each object's keypoints; empty unless needed.</param>
internal sealed record TruthColumns(
    ImmutableArray<long> ImageIds, int[] Widths, int[] Heights, ImmutableArray<CocoClass> Categories, CocoTruth Truth, double[] Boxes, long[] Shapes, double[] Keypoints);
