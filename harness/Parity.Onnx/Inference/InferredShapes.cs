using System.Collections.Immutable;

namespace Parity.Onnx;

/// <summary>What inference found for every tensor of a graph as it was then. Open extents are -1.</summary>
public sealed class InferredShapes
{
    private readonly IReadOnlyDictionary<string, Fact> _facts;

    internal InferredShapes(IReadOnlyDictionary<string, Fact> facts, ImmutableArray<NotInferred> unknown)
    {
        _facts = facts;
        Unknown = unknown;
    }

    /// <summary>Nodes with an output whose rank, extents or type stayed open for a reason of their own, not because an input was open.</summary>
    public ImmutableArray<NotInferred> Unknown { get; }

    /// <summary>Extents, -1 where open; null when not even the rank is known.</summary>
    public ImmutableArray<int>? ShapeOf(string tensor) => _facts.GetValueOrDefault(tensor)?.Shape is { } shape ? [.. shape] : null;

    /// <summary>Undefined when unknown.</summary>
    public TensorType TypeOf(string tensor) => _facts.GetValueOrDefault(tensor)?.Type ?? TensorType.Undefined;

    public TensorInfo Of(string tensor) => new(tensor, TypeOf(tensor), ShapeOf(tensor));

    /// <summary>Number of elements; null unless every extent is known.</summary>
    public long? CountOf(string tensor)
    {
        if (_facts.GetValueOrDefault(tensor)?.Shape is not { } shape || shape.Any(d => d < 0))
            return null;
        return shape.Aggregate(1L, (count, extent) => count * extent);
    }

    /// <summary>The value of a tensor of at most <see cref="ShapeInference.LargestValue"/> numbers that follows from constants and shapes alone; else null.</summary>
    public ImmutableArray<double>? ValueOf(string tensor) =>
        _facts.GetValueOrDefault(tensor)?.Values is { } values && values.All(v => v is not null) ? [.. values.Select(v => v!.Value)] : null;

    internal sealed record Fact(TensorType Type, int[]? Shape, double?[]? Values);
}

/// <summary>A node whose outputs could not be inferred, and why.</summary>
public sealed record NotInferred(Node Node, string Reason);
