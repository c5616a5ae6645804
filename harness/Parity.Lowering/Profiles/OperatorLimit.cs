using System.Collections.Immutable;

namespace Parity.Lowering;

public enum LimitedQuantity { Kernel, Stride, Pad, Dilation, Group, UpsampleFactor, TopKCount, Extent, ResizeMode, CeilMode, PermuteOrder, BatchNormalizationPlace }

/// <summary>What the target's own hardware or compiler takes; beyond it another processor runs the operator, in other arithmetic, or nothing does.</summary>
/// <param name="Least">Null: no lower bound.</param>
/// <param name="Allowed">Words, for quantities that are no numbers; empty where the bounds tell.</param>
/// <param name="Otherwise">What happens beyond the limit.</param>
/// <param name="Source">With the evidence tag of targets.md.</param>
public sealed record OperatorLimit(
    ImmutableArray<string> Operators, LimitedQuantity Quantity, int? Least, int? Most, ImmutableArray<string> Allowed, string Otherwise, string Source)
{
    public static OperatorLimit Between(ImmutableArray<string> operators, LimitedQuantity quantity, int? least, int? most, string otherwise, string source) =>
        new(operators, quantity, least, most, [], otherwise, source);

    public static OperatorLimit OneOf(ImmutableArray<string> operators, LimitedQuantity quantity, ImmutableArray<string> allowed, string otherwise, string source) =>
        new(operators, quantity, null, null, allowed, otherwise, source);
}
