namespace Parity.Onnx;

/// <summary>Resampling of images.</summary>
internal static class SamplingRules
{
    /// <summary>floor(extent * scale) in float32, as the runtimes compute it, or the sizes given.</summary>
    public static void Resize(InferenceNode node)
    {
        if (node.Shape(0) is not { } x)
        {
            node.Set(0, node.Type(0), null);
            return;
        }
        bool old = node.Opset < 11;
        var scales = node.Values(old ? 1 : 2) is { Length: > 0 } given ? given : null;
        var sizes = old ? null : node.Values(3) is { Length: > 0 } asked ? asked : null;
        int[] axes = node.Node.HasAttribute("axes") ? [.. node.Node.Ints("axes").Select(a => node.Normalize(a, x.Length))] : [.. Enumerable.Range(0, x.Length)];
        if ((scales ?? sizes) is not { } arguments)
        {
            node.Set(0, node.Type(0), LayoutRules.Open(x.Length));
            return;
        }
        if (arguments.Length != axes.Length)
            throw InferenceNode.Contradiction($"{arguments.Length} scales or sizes for {axes.Length} axes");
        bool crops = node.Node.Text("coordinate_transformation_mode", "half_pixel") == "tf_crop_and_resize";
        var y = (int[])x.Clone();
        for (int i = 0; i < axes.Length; i++)
        {
            double? part = !crops ? 1 : node.Values(1) is { } roi && roi.Length == 2 * axes.Length ? roi[i + axes.Length] - roi[i] : null;
            y[axes[i]] = scales is null ? Open(sizes![i])
                : x[axes[i]] < 0 ? -1 : Open(MathF.Floor(x[axes[i]] * (float)(part ?? double.NaN) * (float)(scales[i] ?? double.NaN)));
        }
        if (scales is null && node.Node.Text("keep_aspect_ratio_policy", "stretch") is "not_larger" or "not_smaller")
            KeepAspect(node, x, y, axes, sizes!);
        node.Set(0, node.Type(0), y);
    }

    public static void Upsample(InferenceNode node)
    {
        double?[]? scales = node.Node.HasAttribute("scales") ? [.. node.Node.Floats("scales").Select(s => (double?)s)] : node.Values(1);
        node.Set(0, node.Type(0), node.Shape(0) is not { } x ? null : scales is null ? LayoutRules.Open(x.Length)
            : scales.Length != x.Length ? throw InferenceNode.Contradiction($"{scales.Length} scales for data of rank {x.Length}")
            : [.. x.Select((extent, i) => extent < 0 ? -1 : Open(MathF.Floor(extent * (float)(scales[i] ?? double.NaN))))]);
    }

    public static void GridSample(InferenceNode node) =>
        node.Set(0, node.Type(0), node.Shape(0) is { } x && node.Shape(1) is { } grid ? [x[0], x[1], .. grid[1..^1]] : null);

    public static void RoiAlign(InferenceNode node) => node.Set(0, node.Type(0),
    [
        node.Shape(1)?[0] ?? node.Shape(2)?[0] ?? -1, node.Shape(0)?[1] ?? -1,
        (int)node.Node.Int("output_height", 1), (int)node.Node.Int("output_width", 1),
    ]);

    /// <summary>One scale for all axes, the smallest or largest that the sizes ask for; halves round up.</summary>
    private static void KeepAspect(InferenceNode node, int[] x, int[] y, int[] axes, double?[] sizes)
    {
        var ratios = axes.Select((axis, i) => x[axis] > 0 && sizes[i] is { } size ? (double?)(float)(size / x[axis]) : null).ToList();
        bool known = ratios.All(r => r is not null);
        double? scale = !known ? null : node.Node.Text("keep_aspect_ratio_policy", "") == "not_larger" ? ratios.Min() : ratios.Max();
        foreach (int axis in axes)
            y[axis] = scale is { } s ? (int)Math.Floor(s * x[axis] + 0.5) : -1;
    }

    private static int Open(double? extent) => extent is { } known && double.IsFinite(known) ? (int)known : -1;
}
