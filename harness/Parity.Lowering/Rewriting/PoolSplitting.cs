using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Makes chains of small MaxPools of large ones. Padding is never the maximum, so with stride 1, odd kernels and the size kept, two pools of a and b see what one of
/// a + b - 1 sees, at borders too. A chain takes the pools that other chains or the model make already, as YOLO's 5, 9 and 13 share theirs.
/// </summary>
internal static class PoolSplitting
{
    /// <returns>The last pool of each chain, and what it stands for.</returns>
    public static ImmutableArray<(Node Last, string Reason)> Apply(OnnxModel model, PoolSplit split, TensorNames names)
    {
        var chains = ImmutableArray.CreateBuilder<(Node, string)>();
        var graph = model.Graph;
        var made = new Dictionary<(string Source, int Kernel), string>();
        foreach (var pool in graph.Nodes)
            if (Kernel(pool) is { } kernel)
                made.TryAdd((pool.Input(0), kernel), pool.Outputs[0]);
        // Small ones first: what splits them serves the larger ones too.
        foreach (var (pool, kernel) in graph.Nodes.Select(n => (n, Kernel(n))).Where(p => p.Item2 > split.Largest).OrderBy(p => p.Item2))
        {
            string output = pool.Outputs[0], tensor = pool.Input(0), name = pool.Name;
            int left = kernel!.Value;
            graph.Remove(pool);
            var inner = new List<string>();
            while (left > split.Step)
            {
                if (!made.TryGetValue((tensor, split.Step), out string? next))
                {
                    made[(tensor, split.Step)] = next = graph.UniqueName($"{output}/{inner.Count + 1}");
                    graph.Add(Pool(pool, split.Step, tensor, next, graph.UniqueName($"{name}/{inner.Count + 1}")));
                }
                inner.Add(tensor = next);
                left -= split.Step - 1;
            }
            var last = graph.Add(Pool(pool, left, tensor, output, name));
            made.TryAdd((tensor, left), output);
            string reason = $"MaxPool {kernel} as {inner.Count + 1} pools of {split.Step}{(left == split.Step ? "" : $", the last of {left}")}";
            names.Changed(output, reason);
            names.Made(inner, output);
            chains.Add((last, $"{reason}: kernels above {split.Largest} are split"));
        }
        return chains.ToImmutable();
    }

    /// <summary>Of a square MaxPool that keeps the size and moves by one; null for any other node.</summary>
    public static int? Kernel(Node node)
    {
        if (!node.Is("MaxPool") || node.Outputs.Skip(1).Any(o => o.Length > 0) || node.Int("ceil_mode", 0) != 0
            || node.Ints("strides").Any(s => s != 1) || node.Ints("dilations").Any(d => d != 1)
            || node.Ints("kernel_shape") is not [var kernel, ..] kernels || kernel % 2 == 0 || kernels.Any(k => k != kernel))
            return null;
        bool same = node.Text("auto_pad", "NOTSET") switch
        {
            "NOTSET" => kernel == 1 || (node.HasAttribute("pads") && node.Ints("pads").All(p => p == kernel / 2)),
            "SAME_UPPER" or "SAME_LOWER" => true,
            _ => false,
        };
        return same ? (int)kernel : null;
    }

    private static Node Pool(Node like, int kernel, string from, string to, string name)
    {
        var pool = like.CopyWith([from], [to], name);
        int axes = like.Ints("kernel_shape").Length;
        pool.Set("kernel_shape", Enumerable.Repeat((long)kernel, axes));
        if (pool.HasAttribute("pads"))
            pool.Set("pads", Enumerable.Repeat((long)kernel / 2, 2 * axes));
        return pool;
    }
}
