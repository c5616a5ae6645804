using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Which operators of a graph lie beyond a target's limits.</summary>
internal static class OperatorLimits
{
    /// <exception cref="FaultException">The target's compiler refuses operators; all are named.</exception>
    /// <returns>Operators that run on the host, with the reason, in the order of the graph.</returns>
    public static ImmutableArray<(Node Node, string Reason)> Hosted(Graph graph, InferredShapes shapes, ImmutableArray<OperatorLimit> limits, string target)
    {
        var hosted = ImmutableArray.CreateBuilder<(Node, string)>();
        var faults = new FaultList();
        foreach (var node in graph.Nodes)
        {
            var beyond = limits.Where(l => l.Operators.Any(node.Is)).Select(l => (Limit: l, Reason: Beyond(graph, shapes, node, l))).Where(l => l.Reason is not null).ToList();
            foreach (var (limit, reason) in beyond.Where(b => b.Limit.Beyond == BeyondLimit.Refused))
                faults.Add($"{target} takes no {node.OpType} with {reason} ({limit.Source})", $"node {node.Name}", "Change the model, or ship it on another target.");
            if (beyond.Count > 0)
                hosted.Add((node, string.Join("; ", beyond.Select(b => $"{b.Reason} ({b.Limit.Source})"))));
        }
        faults.ThrowIfAny();
        return hosted.ToImmutable();
    }

    private static string? Beyond(Graph graph, InferredShapes shapes, Node node, OperatorLimit limit)
    {
        if (Word(node, limit.Property) is { } word)
            return limit.Allowed.Contains(word) ? null : $"{(limit.Property == LimitedProperty.ResizeMode ? "mode" : "order")} {word}, takes {string.Join(" or ", limit.Allowed)}";
        var wrong = Values(graph, shapes, node, limit.Property).Where(v => v < limit.Least || v > limit.Most).ToList();
        string what = limit.Property switch
        {
            LimitedProperty.Count => "K",
            LimitedProperty.CeilMode => "ceil_mode",
            LimitedProperty.UpsampleFactor => "factor",
            var property => property.ToString().ToLowerInvariant(),
        };
        return wrong.Count == 0 ? null : $"{what} {wrong[0]}, limits {limit.Least} to {limit.Most}";
    }

    /// <summary>Empty when the operator has no such property, or its value is computed while running.</summary>
    private static IEnumerable<long> Values(Graph graph, InferredShapes shapes, Node node, LimitedProperty property) => property switch
    {
        LimitedProperty.Kernel when node.HasAttribute("kernel_shape") => node.Ints("kernel_shape"),
        LimitedProperty.Kernel => graph.Constant(node.Input(1)) is { Shape.Length: > 2 } weights ? weights.Shape.Skip(2).Select(d => (long)d) : [],
        LimitedProperty.Stride => node.Ints("strides"),
        LimitedProperty.Pad => node.Ints("pads"),
        LimitedProperty.Dilation => node.Ints("dilations"),
        LimitedProperty.CeilMode => [node.Int("ceil_mode", 0)],
        LimitedProperty.Group => [node.Int("group", 1)],
        LimitedProperty.Extent => Known(shapes.ShapeOf(node.Input(0))).Skip(2).Select(d => (long)d),
        LimitedProperty.UpsampleFactor => Known(shapes.ShapeOf(node.Input(0))).Zip(Known(shapes.ShapeOf(node.Outputs[0])), (i, o) => (long)Math.Ceiling((double)o / i)).Where(f => f != 1),
        LimitedProperty.Count => node.HasAttribute("k") ? [node.Int("k", 1)] : shapes.ValueOf(node.Input(1))?.Select(k => (long)k) ?? [],
        _ => throw new ArgumentOutOfRangeException(nameof(property), property, null),
    };

    private static string? Word(Node node, LimitedProperty property) => property switch
    {
        LimitedProperty.ResizeMode => node.Text("mode", "nearest"),
        LimitedProperty.PermuteOrder => string.Join(",", node.Ints("perm")),
        _ => null,
    };

    /// <summary>Empty when extents are open.</summary>
    private static IEnumerable<int> Known(ImmutableArray<int>? shape) => shape is { } known && known.All(d => d > 0) ? known : [];
}
