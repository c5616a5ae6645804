using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>A Q/DQ pair that an activation is to get.</summary>
/// <param name="Root">The tensor whose range gives the parameters: itself, or the one that passive operators took it from.</param>
/// <param name="Readers">Inputs that read the dequantized tensor; null: everything that reads the tensor.</param>
internal sealed record ActivationPair(string Tensor, string Root, ImmutableArray<NodeInput>? Readers);

/// <summary>One input of one node.</summary>
internal readonly record struct NodeInput(string Node, int Index);
