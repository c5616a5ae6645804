namespace Parity.Onnx;

/// <summary>Operators that take some elements of the data.</summary>
internal static class SelectionRules
{
    public static void Slice(InferenceNode node)
    {
        if (node.Shape(0) is not { } x)
        {
            node.Set(0, node.Type(0), null);
            return;
        }
        bool byAttributes = node.Node.HasAttribute("starts");
        double?[]? starts = byAttributes ? ToValues(node.Node.Ints("starts")) : node.Values(1);
        double?[]? ends = byAttributes ? ToValues(node.Node.Ints("ends")) : node.Values(2);
        int count = starts?.Length ?? ends?.Length ?? x.Length;
        bool axesGiven = byAttributes ? node.Node.HasAttribute("axes") : node.Has(3);
        long[]? axes = !axesGiven ? [.. Enumerable.Range(0, count).Select(i => (long)i)] : byAttributes ? [.. node.Node.Ints("axes")] : node.Integers(3);
        long[]? steps = !byAttributes && node.Has(4) ? node.Integers(4) : [.. Enumerable.Repeat(1L, count)];
        if (axes is null || (!axesGiven && starts is null && ends is null))
        {
            node.Set(0, node.Type(0), LayoutRules.Open(x.Length));
            return;
        }
        var y = (int[])x.Clone();
        var values = node.Values(0);
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = node.Normalize(axes[i], x.Length);
            if (x[axis] < 0 || starts?[i] is not { } start || ends?[i] is not { } end || steps is null)
            {
                // The whole extent is copied when the bounds say so, however long it is.
                bool whole = starts?[i] == 0 && ends?[i] >= int.MaxValue && steps?[i] == 1;
                y[axis] = whole ? x[axis] : -1;
                values = whole ? values : null;
                continue;
            }
            var (from, to) = Bounds(start, end, steps[i], x[axis]);
            long step = steps[i];
            y[axis] = (int)Math.Max(0, step > 0 ? (to - from + step - 1) / step : (from - to - step - 1) / -step);
            values = x.Length == 1 && values is not null ? [.. Enumerable.Range(0, y[axis]).Select(n => values[from + n * step])] : null;
        }
        node.Set(0, node.Type(0), y, values);
    }

    public static void Gather(InferenceNode node)
    {
        var x = node.Shape(0);
        var indices = node.Shape(1);
        if (x is null || indices is null)
        {
            node.Set(0, node.Type(0), null);
            return;
        }
        int axis = node.Axis("axis", 0, x.Length);
        double?[]? values = null;
        if (x is [>= 0 and var extent] && node.Values(0) is { } data && node.Integers(1) is { } at)
        {
            if (at.Any(i => i < -extent || i >= extent))
                throw InferenceNode.Contradiction($"index {at.First(i => i < -extent || i >= extent)} into {extent} elements");
            values = [.. at.Select(i => data[i < 0 ? i + extent : i])];
        }
        node.Set(0, node.Type(0), [.. x[..axis], .. indices, .. x[(axis + 1)..]], values);
    }

    public static void GatherElements(InferenceNode node) => node.Set(0, node.Type(0), node.Shape(1));

    public static void GatherND(InferenceNode node)
    {
        int batch = (int)node.Node.Int("batch_dims", 0);
        node.Set(0, node.Type(0), node.Shape(0) is { } x && node.Shape(1) is [.. var outer, >= 0 and var depth] ? [.. outer, .. x[(batch + depth)..]] : null);
    }

    public static void TopK(InferenceNode node)
    {
        var y = node.Shape(0);
        if (y is not null)
        {
            long? k = node.Node.IntOrNull("k") ?? (node.Integers(1) is [var given] ? given : null);
            int axis = node.Axis("axis", -1, y.Length);
            if (k > y[axis] && y[axis] >= 0)
                throw InferenceNode.Contradiction($"the {k} largest of {y[axis]} elements");
            y[axis] = (int)(k ?? -1);
        }
        node.Set(0, node.Type(0), y);
        node.Set(1, TensorType.Int64, y);
    }

    /// <summary>How many boxes stay is known only when it runs.</summary>
    public static void NonMaxSuppression(InferenceNode node) => node.Set(0, TensorType.Int64, [-1, 3]);

    public static void NonZero(InferenceNode node) => node.Set(0, TensorType.Int64, [node.Rank(0) ?? -1, -1]);

    public static void Compress(InferenceNode node)
    {
        var y = node.Node.HasAttribute("axis") ? node.Shape(0) : [-1];
        if (y is not null && node.Node.HasAttribute("axis"))
            y[node.Axis("axis", 0, y.Length)] = -1;
        node.Set(0, node.Type(0), y);
    }

    public static void OneHot(InferenceNode node)
    {
        int[]? y = null;
        if (node.Shape(0) is { } x)
        {
            int axis = node.Axis("axis", -1, x.Length + 1);
            y = [.. x[..axis], (int)(node.Integers(1)?[0] ?? -1), .. x[axis..]];
        }
        node.Set(0, node.Type(2), y);
    }

    public static void Pad(InferenceNode node)
    {
        if (node.Shape(0) is not { } x)
        {
            node.Set(0, node.Type(0), null);
            return;
        }
        double?[]? pads = node.Node.HasAttribute("pads") ? ToValues(node.Node.Ints("pads"))
            : node.Node.HasAttribute("paddings") ? ToValues(node.Node.Ints("paddings")) : node.Values(1);
        long[]? axes = node.Has(3) ? node.Integers(3) : [.. Enumerable.Range(0, x.Length).Select(i => (long)i)];
        if (pads is null || axes is null)
        {
            node.Set(0, node.Type(0), LayoutRules.Open(x.Length));
            return;
        }
        if (pads.Length != 2 * axes.Length)
            throw InferenceNode.Contradiction($"{pads.Length} pads for {axes.Length} axes");
        for (int i = 0; i < axes.Length; i++)
        {
            int axis = node.Normalize(axes[i], x.Length);
            x[axis] = x[axis] < 0 || pads[i] is not { } before || pads[i + axes.Length] is not { } behind ? -1 : (int)(x[axis] + before + behind);
        }
        node.Set(0, node.Type(0), x);
    }

    /// <summary>Bounds as numpy clamps them; the end beyond the extent, as INT64_MAX, is the extent.</summary>
    private static (long From, long To) Bounds(double start, double end, long step, int extent)
    {
        if (step == 0)
            throw InferenceNode.Contradiction("a step of 0");
        double from = start < 0 ? start + extent : start;
        double to = end < 0 ? end + extent : end;
        return step > 0
            ? ((long)Math.Clamp(from, 0, extent), (long)Math.Clamp(to, 0, extent))
            : ((long)Math.Clamp(from, 0, extent - 1), (long)Math.Clamp(to, -1, extent - 1));
    }

    private static double?[] ToValues(IEnumerable<long> values) => [.. values.Select(v => (double?)v)];
}
