using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Where the operands of one output position of a Conv, Gemm or MatMul lie in its input.</summary>
/// <param name="Groups">Of a Conv; 1 for products.</param>
/// <param name="GroupLength">Elements that one output of a group is the product of.</param>
/// <param name="Kernel">Spatial extents; empty for products.</param>
/// <param name="Pads">Begin of each spatial axis, then end of each; null when auto_pad says SAME, with <paramref name="SameUpper"/>.</param>
internal sealed record PatchGeometry(
    string Input, int Groups, int GroupLength, ImmutableArray<int> Kernel, ImmutableArray<int> Strides, ImmutableArray<int> Dilations, ImmutableArray<int>? Pads, bool SameUpper)
{
    public int RowLength => Groups * GroupLength;

    /// <summary>Null for what is not a Conv, Gemm or MatMul with its input as it lies in memory (no transA, weights of two dimensions).</summary>
    public static PatchGeometry? Of(Graph graph, Node node)
    {
        var shape = graph.Constant(node.Input(1))!.Shape;
        if (node.Is("Gemm") && node.Int("transA", 0) == 0)
            return new PatchGeometry(node.Input(0), 1, shape[node.Int("transB", 0) != 0 ? 1 : 0], [], [], [], [], false);
        if (node.Is("MatMul") && shape.Length == 2)
            return new PatchGeometry(node.Input(0), 1, shape[0], [], [], [], [], false);
        if (!node.Is("Conv"))
            return null;
        ImmutableArray<int> kernel = [.. shape.Skip(2)];
        string auto = node.Text("auto_pad", "NOTSET");
        ImmutableArray<int>? pads = auto switch
        {
            "SAME_UPPER" or "SAME_LOWER" => null,
            "VALID" => [.. new int[2 * kernel.Length]],
            _ => Ints("pads", 2 * kernel.Length, 0),
        };
        return new PatchGeometry(node.Input(0), (int)node.Int("group", 1), shape.Skip(1).Aggregate(1, (n, d) => n * d), kernel,
            Ints("strides", kernel.Length, 1), Ints("dilations", kernel.Length, 1), pads, auto == "SAME_UPPER");

        ImmutableArray<int> Ints(string name, int count, int otherwise) =>
            node.Ints(name) is { IsEmpty: false } given ? [.. given.Select(v => (int)v)] : [.. Enumerable.Repeat(otherwise, count)];
    }

    /// <summary>Output positions of an input of this shape, images of a batch included.</summary>
    public int Positions(ImmutableArray<int> shape) => Kernel.IsEmpty
        ? shape[..^1].Aggregate(1, (n, d) => n * d)
        : Extents(shape).Aggregate(shape[0], (n, d) => n * d);

    /// <summary>Copies the operands of one output position; padding is 0.</summary>
    public void Copy(Tensor input, int position, Span<float> row)
    {
        var values = input.Span<float>();
        if (Kernel.IsEmpty)
        {
            values.Slice(position * GroupLength, GroupLength).CopyTo(row);
            return;
        }
        int axes = Kernel.Length;
        Span<int> corner = stackalloc int[axes];
        var extents = Extents(input.Shape);
        for (int a = axes - 1; a >= 0; a--)
        {
            corner[a] = position % extents[a] * Strides[a] - Begin(input.Shape, extents, a);
            position /= extents[a];
        }
        int plane = 1;
        for (int a = 0; a < axes; a++)
            plane *= input.Shape[a + 2];
        int taps = Kernel.Aggregate(1, (n, d) => n * d), channels = input.Shape[1];
        Span<int> offsets = taps <= 256 ? stackalloc int[taps] : new int[taps];
        for (int tap = 0; tap < taps; tap++)
            offsets[tap] = Offset(input.Shape, corner, tap);
        for (int channel = 0; channel < channels; channel++)
        {
            var image = values.Slice((position * channels + channel) * plane, plane);
            for (int tap = 0; tap < taps; tap++)
                row[channel * taps + tap] = offsets[tap] < 0 ? 0 : image[offsets[tap]];
        }
    }

    /// <summary>Within a plane; -1 in the padding.</summary>
    private int Offset(ImmutableArray<int> shape, ReadOnlySpan<int> corner, int tap)
    {
        int offset = 0, stride = 1;
        for (int a = Kernel.Length - 1; a >= 0; a--)
        {
            int at = corner[a] + tap % Kernel[a] * Dilations[a];
            tap /= Kernel[a];
            if (at < 0 || at >= shape[a + 2])
                return -1;
            offset += at * stride;
            stride *= shape[a + 2];
        }
        return offset;
    }

    private int[] Extents(ImmutableArray<int> shape)
    {
        var extents = new int[Kernel.Length];
        for (int a = 0; a < extents.Length; a++)
            extents[a] = Pads is { } pads
                ? (shape[a + 2] + pads[a] + pads[a + extents.Length] - Dilations[a] * (Kernel[a] - 1) - 1) / Strides[a] + 1
                : (shape[a + 2] + Strides[a] - 1) / Strides[a];
        return extents;
    }

    private int Begin(ImmutableArray<int> shape, int[] extents, int axis)
    {
        if (Pads is { } pads)
            return pads[axis];
        int total = Math.Max(0, (extents[axis] - 1) * Strides[axis] + Dilations[axis] * (Kernel[axis] - 1) + 1 - shape[axis + 2]);
        return SameUpper ? total / 2 : (total + 1) / 2;
    }
}
