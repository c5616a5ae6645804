using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>What of an operator is limited; extents in elements along each spatial axis.</summary>
public enum LimitedProperty
{
    Kernel,
    Stride,
    Pad,
    Dilation,

    /// <summary>0 or 1.</summary>
    CeilMode,

    /// <summary>K of TopK.</summary>
    Count,
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
/// <param name="Least">Smallest value allowed; <paramref name="Most"/> the largest.</param>
/// <param name="Source">Document, with the evidence tag of targets.md.</param>
public sealed record OperatorLimit(ImmutableArray<string> Operators, LimitedProperty Property, int Least, int Most, BeyondLimit Beyond, string Source);
