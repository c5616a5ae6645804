namespace Parity.Onnx;

/// <summary>Operators that rearrange elements without changing them.</summary>
internal static class LayoutRules
{
    public static void Reshape(InferenceNode node)
    {
        var x = node.Shape(0);
        double?[]? target = node.Node.HasAttribute("shape") ? [.. node.Node.Ints("shape").Select(v => (double?)v)] : node.Values(1);
        if (target is null)
        {
            node.Set(0, node.Type(0), node.Shape(1) is [>= 0 and var rank] ? Open(rank) : null);
            return;
        }
        bool copiesZero = node.Node.Int("allowzero", 0) == 0;
        var y = new int[target.Length];
        int inferred = -1;
        for (int i = 0; i < y.Length; i++)
        {
            if (target[i] == -1 && inferred >= 0)
                throw InferenceNode.Contradiction("two extents of -1");
            if (target[i] == -1)
                inferred = i;
            if (target[i] == 0 && copiesZero && x is not null && i >= x.Length)
                throw InferenceNode.Contradiction($"extent {i} copied from data of rank {x.Length}");
            y[i] = target[i] switch { null or -1 => -1, 0 when copiesZero => x?[i] ?? -1, var extent => (int)extent.Value };
        }
        if (inferred >= 0)
            y[inferred] = Rest(x, y, target, inferred, copiesZero);
        if (x is not null && InferenceNode.Count(x) is >= 0 and var count && InferenceNode.Count(y) is >= 0 and var reshaped && count != reshaped)
            throw InferenceNode.Contradiction($"[{string.Join(',', x)}] reshaped to [{string.Join(',', y)}]");
        node.Set(0, node.Type(0), y, node.Values(0));
    }

    public static void Transpose(InferenceNode node)
    {
        var x = node.Shape(0);
        var order = node.Node.Ints("perm");
        if (x is null || (order.Length != x.Length && !order.IsEmpty))
            node.Set(0, node.Type(0), x is null ? null : throw InferenceNode.Contradiction($"{order.Length} axes for data of rank {x.Length}"));
        else
            node.Set(0, node.Type(0), order.IsEmpty ? [.. x.Reverse()] : [.. order.Select(axis => x[axis])], x.Length < 2 ? node.Values(0) : null);
    }

    public static void Flatten(InferenceNode node)
    {
        if (node.Shape(0) is not { } x)
        {
            node.Set(0, node.Type(0), [-1, -1]);
            return;
        }
        long axis = node.Node.Int("axis", 1);
        int cut = (int)(axis < 0 ? axis + x.Length : axis);
        node.Set(0, node.Type(0), [(int)InferenceNode.Count(x[..cut]), (int)InferenceNode.Count(x[cut..])]);
    }

    public static void Squeeze(InferenceNode node)
    {
        var axes = node.Axes(1, out bool given);
        if (node.Shape(0) is not { } x || (given && axes is null))
        {
            node.Set(0, node.Type(0), null);
            return;
        }
        if (!given && x.Contains(-1))
        {
            node.Set(0, node.Type(0), null);
            return;
        }
        var dropped = given ? axes!.Select(a => node.Normalize(a, x.Length)).ToHashSet() : [.. Enumerable.Range(0, x.Length).Where(i => x[i] == 1)];
        if (dropped.Any(axis => x[axis] > 1))
            throw InferenceNode.Contradiction($"an extent squeezed out of [{string.Join(',', x)}] is not 1");
        node.Set(0, node.Type(0), [.. x.Where((_, i) => !dropped.Contains(i))], node.Values(0));
    }

    public static void Unsqueeze(InferenceNode node)
    {
        if (node.Shape(0) is not { } x || node.Axes(1, out _) is not { } axes)
        {
            node.Set(0, node.Type(0), null);
            return;
        }
        int rank = x.Length + axes.Length;
        var added = axes.Select(a => node.Normalize(a, rank)).ToHashSet();
        if (added.Count != axes.Length)
            throw InferenceNode.Contradiction("an axis given twice");
        int from = 0;
        node.Set(0, node.Type(0), [.. Enumerable.Range(0, rank).Select(i => added.Contains(i) ? 1 : x[from++])], node.Values(0));
    }

    public static void Concat(InferenceNode node)
    {
        int count = node.Node.Inputs.Count;
        int[]? y = null;
        int axis = 0;
        foreach (int i in Enumerable.Range(0, count))
        {
            if (node.Shape(i) is not { } x)
            {
                node.Set(0, node.Type(0), null);
                return;
            }
            // Opset 1 let the axis default to 1.
            axis = node.Axis("axis", 1, x.Length);
            if (y is null)
            {
                y = x;
                continue;
            }
            if (x.Length != y.Length)
                throw InferenceNode.Contradiction($"ranks {y.Length} and {x.Length}");
            for (int d = 0; d < x.Length; d++)
            {
                if (d == axis)
                    y[d] = y[d] < 0 || x[d] < 0 ? -1 : y[d] + x[d];
                else if (y[d] < 0)
                    y[d] = x[d];
                else if (x[d] >= 0 && x[d] != y[d])
                    throw InferenceNode.Contradiction($"extents {y[d]} and {x[d]} of dimension {d}");
            }
        }
        var values = y is { Length: 1 } ? Enumerable.Range(0, count).Select(node.Values).ToList() : null;
        node.Set(0, node.Type(0), y, values is not null && values.All(v => v is not null) ? [.. values.SelectMany(v => v!)] : null);
    }

    public static void Split(InferenceNode node)
    {
        int outputs = node.Node.Outputs.Count;
        if (node.Shape(0) is not { } x)
        {
            for (int i = 0; i < outputs; i++)
                node.Set(i, node.Type(0), null);
            return;
        }
        int axis = node.Axis("axis", 0, x.Length);
        bool given = node.Node.HasAttribute("split") || node.Has(1);
        long[]? parts = node.Node.HasAttribute("split") ? [.. node.Node.Ints("split")] : given ? node.Integers(1) : null;
        if (parts is not null && (parts.Length != outputs || (x[axis] >= 0 && parts.Sum() != x[axis])))
            throw InferenceNode.Contradiction($"{x[axis]} elements split into {string.Join(" + ", parts)} for {outputs} outputs");
        int each = x[axis] < 0 ? -1 : (x[axis] + outputs - 1) / outputs;
        for (int i = 0; i < outputs; i++)
        {
            var y = (int[])x.Clone();
            // In even parts the last one takes what is left.
            y[axis] = parts is not null ? (int)parts[i] : given || each < 0 ? -1 : Math.Min(each, x[axis] - i * each);
            node.Set(i, node.Type(0), y);
        }
    }

    public static void Expand(InferenceNode node)
    {
        if (node.Shape(0) is not { } x || node.Values(1) is not { } target)
        {
            node.Set(0, node.Type(0), node.Shape(0) is { } data && node.Shape(1) is [>= 0 and var rank] ? Open(Math.Max(rank, data.Length)) : null);
            return;
        }
        // Beside an extent of 1 an open target extent stays open; Join would take 1 for it, which it need not be.
        var y = Broadcasting.Join(x, [.. target.Select(t => t is { } extent ? (int)extent : -1)]);
        node.Set(0, node.Type(0), y, node.Values(0) is [var single] && InferenceNode.Count(y) is >= 0 and <= ShapeInference.LargestValue and var count
            ? [.. Enumerable.Repeat(single, (int)count)] : null);
    }

    public static void Tile(InferenceNode node)
    {
        var x = node.Shape(0);
        var repeats = node.Values(1);
        if (x is not null && repeats is not null && repeats.Length != x.Length)
            throw InferenceNode.Contradiction($"{repeats.Length} repeats for data of rank {x.Length}");
        node.Set(0, node.Type(0), x is null ? null : [.. x.Select((extent, i) => extent < 0 || repeats?[i] is not { } times ? -1 : (int)(extent * times))]);
    }

    public static void DepthToSpace(InferenceNode node)
    {
        int block = (int)node.Node.Int("blocksize", 1);
        node.Set(0, node.Type(0), node.Shape(0) is [var n, var c, var h, var w]
            ? [n, c < 0 ? -1 : c / (block * block), h < 0 ? -1 : h * block, w < 0 ? -1 : w * block] : null);
    }

    public static void SpaceToDepth(InferenceNode node)
    {
        int block = (int)node.Node.Int("blocksize", 1);
        node.Set(0, node.Type(0), node.Shape(0) is [var n, var c, var h, var w]
            ? [n, c < 0 ? -1 : c * block * block, h < 0 ? -1 : h / block, w < 0 ? -1 : w / block] : null);
    }

    public static int[] Open(int rank) => [.. Enumerable.Repeat(-1, rank)];

    /// <summary>What -1 stands for: the elements of the data over those of the other extents. Extents copied from the data cancel out, open or not.</summary>
    private static int Rest(int[]? x, int[] y, double?[] target, int inferred, bool copiesZero)
    {
        if (x is null)
            return -1;
        long elements = 1;
        long others = 1;
        bool Copied(int i) => i < y.Length && i != inferred && copiesZero && target[i] == 0;
        for (int i = 0; i < x.Length; i++)
            if (!Copied(i))
                elements = x[i] < 0 || elements < 0 ? -1 : elements * x[i];
        for (int i = 0; i < y.Length; i++)
            if (i != inferred && !Copied(i))
                others = y[i] < 0 || others < 0 ? -1 : others * y[i];
        if (elements < 0 || others <= 0)
            return -1;
        return elements % others == 0 ? (int)(elements / others)
            : throw InferenceNode.Contradiction($"[{string.Join(',', x)}] reshaped to [{string.Join(',', target.Select(t => t?.ToString() ?? "?"))}]");
    }
}
