namespace Parity.Lowering;

/// <summary>What a chip does with an operator. Operators without a rule run in float.</summary>
public enum OperatorRole
{
    /// <summary>Multiplies its first input by weights (second input) and adds a bias (third): Conv, ConvTranspose, Gemm, MatMul.</summary>
    Weighted,

    /// <summary>Quantized inputs, and an output with parameters of its own.</summary>
    Computed,

    /// <summary>Moves codes without computing: its outputs have its input's parameters. It is float when its input is.</summary>
    Passive,

    /// <summary>
    /// An Add of which one branch comes straight from a weighted operator and fuses with it: the other branch is quantized.
    /// Any other Add runs in float.
    /// </summary>
    Residual,
}

/// <summary>One line of a profile's operator table; the first line that applies counts.</summary>
/// <param name="EveryInput">Every float input is data that the chip quantizes, constants too; else the first alone.</param>
/// <param name="When">Limits the line to nodes with this attribute; null applies to all.</param>
public sealed record OperatorRule(string OpType, OperatorRole Role, bool EveryInput = false, AttributeCondition? When = null)
{
    public ScaleSharing Sharing { get; init; }

    /// <summary>The same line for several types.</summary>
    public static IEnumerable<OperatorRule> Each(OperatorRole role, params IEnumerable<string> opTypes) => opTypes.Select(t => new OperatorRule(t, role));

    /// <summary>Operators that compute from all their inputs: Add, Mul, Concat.</summary>
    public static IEnumerable<OperatorRule> OfAllInputs(params IEnumerable<string> opTypes) => opTypes.Select(t => new OperatorRule(t, OperatorRole.Computed, EveryInput: true));

    /// <summary>Nearest moves codes, any other mode computes.</summary>
    public static IEnumerable<OperatorRule> Resize { get; } =
        [new("Resize", OperatorRole.Passive, When: new AttributeCondition("mode", "nearest", "nearest")), new("Resize", OperatorRole.Computed)];
}

/// <summary>A text attribute has a value.</summary>
/// <param name="Default">What the operator takes when the attribute is absent.</param>
public sealed record AttributeCondition(string Attribute, string Value, string Default);
