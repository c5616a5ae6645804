using System.Collections.Immutable;

namespace Parity.Lowering;

public enum FloatPrecision { Float32, Float16 }

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
    /// <summary>Added in float after the sum.</summary>
    Float,

    /// <summary>int32 codes at scale (input scale x weight scale), zero point 0.</summary>
    Int32AtProduct,
}

/// <summary>A chip's arithmetic as data: what a reader checks against the source in one look.</summary>
/// <param name="Name">As written in suites.</param>
/// <param name="Summary">One line for people.</param>
/// <param name="Sources">Public documents and code.</param>
/// <param name="Float">What operators that are not quantized compute in.</param>
/// <param name="Quantization">Null: nothing is quantized.</param>
/// <param name="Exactness">By operator.</param>
/// <param name="Unknowns">What no public source settles, and what is assumed instead.</param>
public sealed record TargetProfile(
    string Name,
    string Summary,
    ImmutableArray<string> Sources,
    FloatPrecision Float,
    QuantizationRules? Quantization,
    ImmutableArray<ExactnessClaim> Exactness,
    ImmutableArray<string> Unknowns)
{
    public CompilerRules Compiler { get; init; } = CompilerRules.AsWritten;
}
