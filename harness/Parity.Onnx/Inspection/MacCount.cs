namespace Parity.Onnx;

/// <summary>
/// Multiply-accumulates of a node: the products summed in its dot products, at the shapes given. A bias, an activation, a normalisation, a pool and
/// element-wise arithmetic count none.
/// </summary>
internal static class MacCount
{
    /// <summary>Null where a shape is unknown.</summary>
    public static long? Of(Node node, InferredShapes shapes) => node.OpType switch
    {
        "Conv" or "ConvInteger" => Convolution(node, shapes, 1),
        "QLinearConv" => Convolution(node, shapes, 3),
        "ConvTranspose" => Transposed(node, shapes),
        "Gemm" => Gemm(node, shapes),
        "MatMul" or "MatMulInteger" or "QLinearMatMul" => MatMul(node, shapes),
        "Einsum" => Einsum(node, shapes),
        "LSTM" => Recurrent(node, shapes, 4),
        "GRU" => Recurrent(node, shapes, 3),
        "RNN" => Recurrent(node, shapes, 1),
        _ => 0,
    };

    /// <summary>Output elements * input channels of a group * kernel elements: count(y) * w[1] * w[2] * ...</summary>
    private static long? Convolution(Node node, InferredShapes shapes, int weights) =>
        shapes.ShapeOf(node.Input(weights)) is { } w ? shapes.CountOf(node.Outputs[0]) * Product(w.AsSpan()[1..]) : null;

    /// <summary>Every input element meets every weight of its channel: count(x) * w[1] * w[2] * ..., where w[1] is output channels of a group.</summary>
    private static long? Transposed(Node node, InferredShapes shapes) =>
        shapes.ShapeOf(node.Input(1)) is { } w ? shapes.CountOf(node.Input(0)) * Product(w.AsSpan()[1..]) : null;

    /// <summary>M * N * K.</summary>
    private static long? Gemm(Node node, InferredShapes shapes) =>
        shapes.ShapeOf(node.Input(0)) is { Length: 2 } a ? shapes.CountOf(node.Outputs[0]) * Known(a[node.Int("transA", 0) != 0 ? 0 : 1]) : null;

    /// <summary>Output elements * inner extent.</summary>
    private static long? MatMul(Node node, InferredShapes shapes) =>
        shapes.ShapeOf(node.Input(0)) is { Length: > 0 } a ? shapes.CountOf(node.Outputs[0]) * Known(a[^1]) : null;

    /// <summary>Of two operands: the product of the extents of all letters.</summary>
    private static long? Einsum(Node node, InferredShapes shapes)
    {
        string[] terms = node.Text("equation", "").Replace(" ", "", StringComparison.Ordinal).Split("->")[0].Split(',');
        if (terms.Length != 2 || terms.Any(t => t.Contains('.', StringComparison.Ordinal)))
            return null;
        var extents = new Dictionary<char, int>();
        for (int i = 0; i < 2; i++)
        {
            if (shapes.ShapeOf(node.Input(i)) is not { } shape)
                return null;
            for (int d = 0; d < shape.Length; d++)
                extents[terms[i][d]] = Math.Max(shape[d], extents.GetValueOrDefault(terms[i][d], -1));
        }
        return extents.Values.Contains(-1) ? null : extents.Values.Aggregate(1L, (product, extent) => product * extent);
    }

    /// <summary>Steps * batch * directions * gates * hidden * (features + hidden); the gates' own element-wise products are not counted.</summary>
    private static long? Recurrent(Node node, InferredShapes shapes, int gates)
    {
        if (shapes.ShapeOf(node.Input(0)) is not { Length: 3 } x || shapes.ShapeOf(node.Input(2)) is not { Length: 3 } r)
            return null;
        // R is [directions, gates * hidden, hidden].
        return Known(x[0]) * Known(x[1]) * Known(r[0]) * gates * Known(r[2]) * (Known(x[2]) + Known(r[2]));
    }

    private static long? Product(ReadOnlySpan<int> extents)
    {
        long? product = 1;
        foreach (int extent in extents)
            product *= Known(extent);
        return product;
    }

    private static long? Known(int extent) => extent < 0 ? null : extent;
}
