using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>The compiler makes one operator of these, so nothing is quantized between them.</summary>
/// <param name="Operators">The first operator's types.</param>
/// <param name="Activations">
/// Types of the activation that alone reads the first one's output; <see cref="Silu"/> is x Sigmoid(x) and <see cref="HardSwish"/> x HardSigmoid(x), two operators each.
/// </param>
/// <param name="Add">An Add that alone reads the first one's output joins too, in front of the activation; its other branch is quantized data.</param>
public sealed record FusionRule(ImmutableArray<string> Operators, ImmutableArray<string> Activations, bool Add = false)
{
    public const string Silu = "Silu";

    public const string HardSwish = "x HardSigmoid(x)";
}
