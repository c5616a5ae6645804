using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Where Q/DQ pairs stand.</summary>
public enum PairPlacement
{
    /// <summary>In front of every input that a quantized operator wants quantized; what no such operator reads stays float.</summary>
    OperatorInputs,

    /// <summary>Behind every quantized operator, fused activations included, and behind the model's inputs.</summary>
    OperatorOutputs,
}

public enum BiasRule
{
    /// <summary>Added in the float type of the results after the sum.</summary>
    Float,

    /// <summary>int32 codes at scale (input scale x weight scale), zero point 0.</summary>
    Int32AtProduct,

    /// <summary>The same scale, saturated to int16.</summary>
    Int16AtProduct,

    /// <summary>The same scale, 64 bits.</summary>
    Int64AtProduct,
}

/// <summary>How a chip quantizes a graph.</summary>
public sealed record QuantizationRules
{
    public required NumberFormat Activations { get; init; }

    /// <summary>Per channel: along the output channels, each with its own scale.</summary>
    public required NumberFormat Weights { get; init; }

    public required BiasRule Bias { get; init; }

    public required Requantization Requantization { get; init; }

    public required PairPlacement Placement { get; init; }

    /// <summary>What a quantized operator hands to readers that want no codes: matters where pairs stand at inputs.</summary>
    public required FloatPrecision Result { get; init; }

    /// <summary>What is quantized; all else runs in float.</summary>
    public required ImmutableArray<OperatorRule> Operators { get; init; }

    public required ImmutableArray<FusionRule> Fusions { get; init; }

    /// <summary>Weighted operators with no other behind them give their sums in float, and what follows them runs in float: Horizon's high-precision output.</summary>
    public bool FloatOutputLayers { get; init; }

    /// <summary>Scale of the model's inputs where it is no matter of calibration, such as 1/128; null: calibrated.</summary>
    public float? InputScale { get; init; }

    /// <summary>Input channels (columns of a product) with a value of at least this magnitude are computed in float; null: none is. Needs dynamic activations.</summary>
    public float? OutlierMagnitude { get; init; }

    /// <summary>Null where layers cannot have 16-bit integers.</summary>
    public PrecisionOption? Int16 { get; init; }

    /// <summary>The rule that applies to a node; null when it runs in float.</summary>
    public OperatorRule? RuleFor(Node node) => Operators.FirstOrDefault(r =>
        node.Is(r.OpType) && (r.When is not { } when || node.Text(when.Attribute, when.Default) == when.Value));
}
