using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Operators that only move values, and what they lead to.</summary>
public static class Layout
{
    private static readonly ImmutableHashSet<string> Moving =
        ["Reshape", "Transpose", "Flatten", "Squeeze", "Unsqueeze", "Identity", "Slice", "Split", "Concat", "Gather", "QuantizeLinear", "DequantizeLinear"];

    public static bool Moves(Node node) => Moving.Contains(node.OpType);

    /// <summary>Whether the tensor's values leave the model as they are, perhaps in another order.</summary>
    public static bool LeadsToOutput(Graph graph, string tensor) =>
        graph.IsOutput(tensor) || graph.ConsumersOf(tensor).Any(n => Moves(n) && n.Outputs.Any(o => LeadsToOutput(graph, o)));
}
