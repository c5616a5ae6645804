using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>Takes out operators that pass their input on: Identity, and Dropout at inference.</summary>
internal static class IdentityRemoval
{
    public static void Apply(OnnxModel model, TensorNames names)
    {
        var graph = model.Graph;
        foreach (var node in graph.Nodes)
        {
            if (!node.Is("Identity") && !IsIdleDropout(graph, node))
                continue;
            string output = node.Outputs[0];
            // An output must keep its name, and renaming its source would lose the source's: such an Identity costs nothing.
            if (graph.IsOutput(output) || node.Outputs.Skip(1).Any(o => o.Length > 0 && (graph.ConsumersOf(o).Length > 0 || graph.IsOutput(o))))
                continue;
            names.Replaced(output, node.Input(0), "identity removed");
            graph.Bypass(node);
        }
    }

    /// <summary>Opset 12 lets a third input switch training on.</summary>
    private static bool IsIdleDropout(Graph graph, Node node) => node.Is("Dropout")
        && (!node.HasInput(2) || (graph.Constant(node.Input(2)) is { } training && !training.Span<bool>()[0]));
}
