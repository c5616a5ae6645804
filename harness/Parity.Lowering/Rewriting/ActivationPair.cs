using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>A Q/DQ pair that an activation is to get.</summary>
/// <param name="Root">The tensor whose range gives the parameters: itself, or the one that passive operators took it from.</param>
/// <param name="Readers">Inputs that read the dequantized tensor; null: everything that reads the tensor.</param>
/// <param name="IsInt16">Codes of the profile's 16-bit option, not of its usual format.</param>
internal sealed record ActivationPair(string Tensor, string Root, ImmutableArray<NodeInput>? Readers, bool IsInt16 = false);

/// <summary>One input of one node.</summary>
internal readonly record struct NodeInput(string Node, int Index);
