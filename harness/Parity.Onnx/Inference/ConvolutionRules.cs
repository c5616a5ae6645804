namespace Parity.Onnx;

/// <summary>Sliding windows: convolutions and pools. Spatial extents follow ONNX's Conv, ConvTranspose and pool definitions.</summary>
internal static class ConvolutionRules
{
    public static void Conv(InferenceNode node) => Conv(node, 1, node.Type(0));

    /// <summary>Inputs x, x scale, x zero point, w, w scale, w zero point, y scale, y zero point.</summary>
    public static void QLinearConv(InferenceNode node) => Conv(node, 3, node.Type(7));

    public static void ConvInteger(InferenceNode node) => Conv(node, 1, TensorType.Int32);

    public static void ConvTranspose(InferenceNode node)
    {
        var x = node.Shape(0);
        var w = node.Shape(1);
        if (x is null || w is null)
        {
            node.Set(0, node.Type(0), null);
            return;
        }
        CheckRanks(x, w);
        int group = (int)node.Node.Int("group", 1);
        if (x[1] >= 0 && w[0] >= 0 && x[1] != w[0])
            throw InferenceNode.Contradiction($"{x[1]} channels for weights of {w[0]}");
        var window = new Window(node, x.Length - 2, w[2..]);
        var extra = node.Node.Ints("output_padding");
        var fixedShape = node.Node.Ints("output_shape");
        var y = new int[x.Length];
        (y[0], y[1]) = (x[0], w[1] < 0 ? -1 : w[1] * group);
        for (int i = 0; i < window.Rank; i++)
        {
            int extent = x[i + 2];
            int added = extra.IsEmpty ? 0 : (int)extra[i];
            if (!fixedShape.IsEmpty)
                y[i + 2] = (int)fixedShape[^(window.Rank - i)];
            else if (extent < 0 || window.Reach(i) < 0)
                y[i + 2] = -1;
            else if (window.AutoPad is "SAME_UPPER" or "SAME_LOWER")
                y[i + 2] = extent * window.Strides[i];
            else
                y[i + 2] = (extent - 1) * window.Strides[i] + added + window.Reach(i) - window.Padding(i);
        }
        node.Set(0, node.Type(0), y);
    }

    public static void MaxPool(InferenceNode node)
    {
        var y = Pool(node);
        node.Set(0, node.Type(0), y);
        node.Set(1, TensorType.Int64, y);
    }

    public static void AveragePool(InferenceNode node) => node.Set(0, node.Type(0), Pool(node));

    public static void GlobalPool(InferenceNode node)
    {
        var x = node.Shape(0);
        for (int i = 2; i < x?.Length; i++)
            x[i] = 1;
        node.Set(0, node.Type(0), x);
    }

    private static void Conv(InferenceNode node, int weights, TensorType type)
    {
        var x = node.Shape(0);
        var w = node.Shape(weights);
        if (x is null || w is null)
        {
            node.Set(0, type, null);
            return;
        }
        CheckRanks(x, w);
        int group = (int)node.Node.Int("group", 1);
        if (x[1] >= 0 && w[1] >= 0 && x[1] != w[1] * group)
            throw InferenceNode.Contradiction($"{x[1]} channels for weights of {w[1]} in {group} groups");
        node.Set(0, type, [x[0], w[0], .. Slide(node, x, w[2..])]);
    }

    private static int[]? Pool(InferenceNode node)
    {
        if (node.Shape(0) is not { } x)
            return null;
        int[] kernel = [.. node.Node.Ints("kernel_shape").Select(k => (int)k)];
        if (kernel.Length != x.Length - 2)
            throw InferenceNode.Contradiction($"a kernel of rank {kernel.Length} for data of rank {x.Length}");
        return [x[0], x[1], .. Slide(node, x, kernel)];
    }

    /// <summary>floor or ceil((extent + padding - reach) / stride) + 1; with SAME padding ceil(extent / stride).</summary>
    private static int[] Slide(InferenceNode node, int[] x, int[] kernel)
    {
        var window = new Window(node, x.Length - 2, kernel);
        bool ceil = node.Node.Int("ceil_mode", 0) != 0;
        var y = new int[window.Rank];
        for (int i = 0; i < y.Length; i++)
        {
            int extent = x[i + 2];
            int stride = window.Strides[i];
            if (extent < 0 || window.Reach(i) < 0)
            {
                y[i] = -1;
                continue;
            }
            if (window.AutoPad is "SAME_UPPER" or "SAME_LOWER")
            {
                y[i] = (extent + stride - 1) / stride;
                continue;
            }
            int free = extent + window.Padding(i) - window.Reach(i);
            if (free < 0)
                throw InferenceNode.Contradiction($"a window of {window.Reach(i)} over {extent + window.Padding(i)} elements");
            y[i] = (ceil ? (free + stride - 1) / stride : free / stride) + 1;
            // A last window that starts in the padding behind the data is left out.
            if (ceil && (y[i] - 1) * stride >= extent + window.Before(i))
                y[i]--;
        }
        return y;
    }

    private static void CheckRanks(int[] x, int[] w)
    {
        if (x.Length != w.Length || x.Length < 3)
            throw InferenceNode.Contradiction($"weights of rank {w.Length} for data of rank {x.Length}");
    }

    private sealed class Window
    {
        private readonly int[] _kernel;
        private readonly int[] _dilations;
        private readonly int[] _pads;

        public Window(InferenceNode node, int rank, int[] kernel)
        {
            Rank = rank;
            AutoPad = node.Node.Text("auto_pad", "NOTSET");
            _kernel = node.Node.HasAttribute("kernel_shape") ? Read(node, "kernel_shape", rank, 1) : kernel;
            Strides = Read(node, "strides", rank, 1);
            _dilations = Read(node, "dilations", rank, 1);
            // VALID ignores pads.
            _pads = AutoPad == "NOTSET" ? Read(node, "pads", 2 * rank, 0) : new int[2 * rank];
            if (Strides.Any(s => s < 1) || _dilations.Any(d => d < 1))
                throw InferenceNode.Contradiction("strides or dilations below 1");
        }

        public int Rank { get; }

        public string AutoPad { get; }

        public int[] Strides { get; }

        /// <summary>Elements from the first to the last one a window covers; -1 when the kernel is open.</summary>
        public int Reach(int i) => _kernel[i] < 0 ? -1 : (_kernel[i] - 1) * _dilations[i] + 1;

        public int Padding(int i) => _pads[i] + _pads[i + Rank];

        public int Before(int i) => _pads[i];

        private static int[] Read(InferenceNode node, string name, int count, int otherwise)
        {
            var values = node.Node.Ints(name);
            if (values.IsEmpty)
                return [.. Enumerable.Repeat(otherwise, count)];
            return values.Length == count ? [.. values.Select(v => (int)v)] : throw InferenceNode.Contradiction($"{values.Length} {name} where {count} are needed");
        }
    }
}
