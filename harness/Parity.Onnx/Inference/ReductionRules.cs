namespace Parity.Onnx;

/// <summary>Reductions, and normalisations with statistics as further outputs.</summary>
internal static class ReductionRules
{
    public static void Reduce(InferenceNode node)
    {
        bool keep = node.Node.Int("keepdims", 1) != 0;
        var axes = node.Axes(1, out bool given);
        if (node.Shape(0) is not { } x || (given && axes is null))
        {
            node.Set(0, node.Type(0), keep && node.Rank(0) is { } rank ? LayoutRules.Open(rank) : null);
            return;
        }
        if (axes is null or { Length: 0 } && node.Node.Int("noop_with_empty_axes", 0) != 0)
        {
            node.Set(0, node.Type(0), x);
            return;
        }
        var reduced = axes is null or { Length: 0 } ? Enumerable.Range(0, x.Length).ToHashSet() : axes.Select(a => node.Normalize(a, x.Length)).ToHashSet();
        node.Set(0, node.Type(0), Drop(x, reduced, keep), Fold(node, x));
    }

    public static void Arg(InferenceNode node)
    {
        var x = node.Shape(0);
        node.Set(0, TensorType.Int64, x is null ? null : Drop(x, [node.Axis("axis", 0, x.Length)], node.Node.Int("keepdims", 1) != 0));
    }

    /// <summary>Statistics, where a file asks for them, have the shape of the mean.</summary>
    public static void BatchNormalization(InferenceNode node)
    {
        node.Set(0, node.Type(0), node.Shape(0));
        for (int i = 1; i < node.Node.Outputs.Count; i++)
            node.Set(i, node.Type(3), node.Shape(3));
    }

    public static void LayerNormalization(InferenceNode node)
    {
        var x = node.Shape(0);
        node.Set(0, node.Type(0), x);
        if (x is not null)
            for (int i = node.Axis("axis", -1, x.Length); i < x.Length; i++)
                x[i] = 1;
        var type = (TensorType)node.Node.Int("stash_type", 1);
        node.Set(1, type, x);
        node.Set(2, type, x);
    }

    private static int[] Drop(int[] x, HashSet<int> axes, bool keep) =>
        keep ? [.. x.Select((extent, i) => axes.Contains(i) ? 1 : extent)] : [.. x.Where((_, i) => !axes.Contains(i))];

    /// <summary>Product, minimum, maximum and sum of a vector of known numbers, as exporters use them on shapes.</summary>
    private static double?[]? Fold(InferenceNode node, int[] x)
    {
        if (x.Length != 1 || node.Values(0) is not { Length: > 0 } values || values.Contains(null))
            return null;
        var known = values.Select(v => v!.Value);
        return node.Node.OpType switch
        {
            "ReduceProd" => [known.Aggregate(1.0, (a, b) => a * b)],
            "ReduceMin" => [known.Min()],
            "ReduceMax" => [known.Max()],
            "ReduceSum" => [known.Sum()],
            _ => null,
        };
    }
}
