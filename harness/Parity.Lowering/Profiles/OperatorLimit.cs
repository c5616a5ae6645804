using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>What of an operator is limited; extents in elements along each spatial axis.</summary>
public enum LimitedProperty
{
    Kernel,
    Stride,
    Pad,
    Dilation,
    Group,

    /// <summary>Of the input.</summary>
    Extent,

    /// <summary>How many times larger a Resize makes an axis; 1 leaves it.</summary>
    UpsampleFactor,

    /// <summary>0 or 1.</summary>
    CeilMode,

    /// <summary>K of TopK.</summary>
    Count,

    /// <summary>A word: "nearest", "linear", "cubic".</summary>
    ResizeMode,

    /// <summary>A word: axes as "0,2,3,1".</summary>
    PermuteOrder,
}

/// <summary>What happens to an operator beyond a limit.</summary>
public enum BeyondLimit
{
    /// <summary>It runs in float on the host or the chip's CPU.</summary>
    Host,

    /// <summary>The compiler takes no model that has it.</summary>
    Refused,
}

/// <summary>One limit of a chip; an operator that meets all of its limits runs on it.</summary>
/// <param name="Least">Smallest value allowed; <paramref name="Most"/> the largest. Of numbers.</param>
/// <param name="Source">Document, with the evidence tag of targets.md.</param>
public sealed record OperatorLimit(ImmutableArray<string> Operators, LimitedProperty Property, int Least, int Most, BeyondLimit Beyond, string Source)
{
    /// <summary>Of properties that are words: those allowed.</summary>
    public OperatorLimit(ImmutableArray<string> operators, LimitedProperty property, ImmutableArray<string> allowed, BeyondLimit beyond, string source)
        : this(operators, property, 0, 0, beyond, source) => Allowed = allowed;

    public ImmutableArray<string> Allowed { get; init; } = [];
}
