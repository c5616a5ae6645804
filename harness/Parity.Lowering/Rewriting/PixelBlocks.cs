using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// A tensor of half the height and width whose channels are the pixels of 2 x 2 blocks of another tensor: channel i at (y, x) is channel
/// <c>Pixels[i].Channel</c> of the source at (2y + Pixels[i].Y, 2x + Pixels[i].X).
/// </summary>
internal sealed record PixelBlocks(string Source, ImmutableArray<(int Channel, int Y, int X)> Pixels)
{
    /// <summary>
    /// Recognises four slices with step 2 joined in any order (a slice a step or both axes in one), SpaceToDepth, and Reshape, Transpose, Reshape.
    /// Null when the tensor is none of these.
    /// </summary>
    /// <param name="channels">Of the tensor.</param>
    public static PixelBlocks? Of(Graph graph, InferredShapes shapes, string tensor, int channels)
    {
        if (channels % 4 != 0 || graph.ProducerOf(tensor) is not { } node)
            return null;
        return node.OpType switch
        {
            "Concat" when node.Is("Concat") => OfSlices(graph, shapes, node, channels / 4),
            // SpaceToDepth's blocks come first, in rows, then the channels.
            "SpaceToDepth" when node.Is("SpaceToDepth") && node.Int("blocksize", 0) == 2 => new PixelBlocks(node.Input(0), Digits([2, 2, channels / 4], [2, 0, 1])),
            "Reshape" when node.Is("Reshape") => OfTranspose(graph, shapes, node, channels / 4),
            _ => null,
        };
    }

    private static PixelBlocks? OfSlices(Graph graph, InferredShapes shapes, Node concat, int channels)
    {
        if (concat.Int("axis", 0) is not (1 or -3) || concat.Inputs.Count != 4)
            return null;
        var pixels = ImmutableArray.CreateBuilder<(int, int, int)>();
        string? source = null;
        foreach (string input in concat.Inputs)
        {
            if (PixelSlice.Of(graph, shapes, input) is not { } slice || (source ??= slice.Source) != slice.Source)
                return null;
            for (int c = 0; c < channels; c++)
                pixels.Add((c, slice.Y, slice.X));
        }
        bool known = shapes.ShapeOf(source!) is [_, var extent, _, _] && extent == channels;
        return known && pixels.Distinct().Count() == pixels.Count ? new PixelBlocks(source!, pixels.ToImmutable()) : null;
    }

    private static PixelBlocks? OfTranspose(Graph graph, InferredShapes shapes, Node join, int channels)
    {
        if (graph.ProducerOf(join.Input(0)) is not { } transpose || !transpose.Is("Transpose") || graph.ProducerOf(transpose.Input(0)) is not { } split || !split.Is("Reshape"))
            return null;
        var order = transpose.Ints("perm");
        if (shapes.ShapeOf(split.Input(0)) is not [var batch, var c, > 0 and var height, > 0 and var width] || c != channels
            || shapes.ShapeOf(transpose.Input(0)) is not [var parts, var d, var rows, 2, var columns, 2] || d != c || parts != batch || 2 * rows != height || 2 * columns != width
            || shapes.ShapeOf(join.Outputs[0]) is not [var joined, var all, var y, var x] || joined != batch || all != 4 * c || y != rows || x != columns
            || order is not [0, var first, var second, var third, 2, 4] || first + second + third != 9 || new[] { first, second, third }.Any(a => a is not (1 or 3 or 5)))
            return null;
        int[] extents = [channels, 0, 2, 0, 2];
        long[] digits = [first, second, third];
        return new PixelBlocks(split.Input(0), Digits([.. digits.Select(a => extents[a - 1])], [Array.IndexOf(digits, 1), Array.IndexOf(digits, 3), Array.IndexOf(digits, 5)]));
    }

    /// <summary>Counts through mixed digits, the last one fastest.</summary>
    /// <param name="places">Which digit is the channel, which Y, which X.</param>
    private static ImmutableArray<(int Channel, int Y, int X)> Digits(int[] extents, int[] places)
    {
        int[] strides = [extents[1] * extents[2], extents[2], 1];
        int Digit(int number, int digit) => number / strides[digit] % extents[digit];
        return [.. Enumerable.Range(0, extents[0] * strides[0]).Select(i => (Digit(i, places[0]), Digit(i, places[1]), Digit(i, places[2])))];
    }
}
