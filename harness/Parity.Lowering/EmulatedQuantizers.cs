using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>What of a lowered model is quantized by operators, because a Q/DQ pair cannot say it.</summary>
/// <param name="Constants">Initializers that hold values of codes without a DequantizeLinear.</param>
public sealed record EmulatedQuantizers(ImmutableArray<EmulatedQuantizer> Activations, ImmutableArray<string> Constants)
{
    public static EmulatedQuantizers None { get; } = new([], []);
}

/// <summary>Operators that lead from a tensor to its values after quantization; a pair that changes them no more may follow.</summary>
/// <param name="IsPart">The result holds some columns only; other operators take the others.</param>
public sealed record EmulatedQuantizer(string Source, string Result, bool IsPart = false);
