using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>How a chip quantizes a graph.</summary>
/// <param name="Weights">Per channel: along the output channels, each with its own scale.</param>
/// <param name="Operators">What is quantized; all else runs in float.</param>
public sealed record QuantizationRules(
    NumberFormat Activations,
    NumberFormat Weights,
    BiasRule Bias,
    PairPlacement Placement,
    ImmutableArray<OperatorRule> Operators,
    ImmutableArray<FusionRule> Fusions)
{
    /// <summary>Null where layers cannot have 16-bit integers.</summary>
    public PrecisionOption? Int16 { get; init; }

    /// <summary>The rule that applies to a node; null when it runs in float.</summary>
    public OperatorRule? RuleFor(Node node) => Operators.FirstOrDefault(r =>
        node.Is(r.OpType) && (r.When is not { } when || node.Text(when.Attribute, when.Default) == when.Value));
}
