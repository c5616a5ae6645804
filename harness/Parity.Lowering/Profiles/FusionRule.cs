using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>The compiler makes one operator of these, so nothing is quantized between them.</summary>
/// <param name="Operators">The first operator's types.</param>
/// <param name="Activations">Types of the activation that alone reads the first one's output.</param>
/// <param name="Gates">Types g of activations of the form x * g(x), which ONNX writes as two nodes: Sigmoid makes SiLU.</param>
public sealed record FusionRule(ImmutableArray<string> Operators, ImmutableArray<string> Activations, ImmutableArray<string> Gates);
