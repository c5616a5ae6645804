using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Replaces float tensors that follow from constants alone (weights that are sliced, joined or reshaped in the graph) by initializers of their name. The
/// values come from the backend, which computes them in its first run.
/// </summary>
internal static class ConstantFolding
{
    public static void Apply(OnnxModel model, TensorNames names, ActivationStream activations)
    {
        var graph = model.Graph;
        var derived = new HashSet<string>(StringComparer.Ordinal);
        foreach (var node in graph.Nodes.Where(n => n.Inputs.Count > 0 && n.Outputs.Count == 1 && n.Captured.IsEmpty && !IsRandom(n)))
            if (node.Inputs.All(i => i.Length == 0 || derived.Contains(i) || graph.Constant(i) is not null))
                derived.UnionWith(node.Outputs.Where(o => o.Length > 0));
        if (derived.Count == 0)
            return;
        var shapes = ShapeInference.Of(model);
        ImmutableArray<string> wanted =
        [
            .. graph.Nodes.SelectMany(n => n.Outputs).Where(o => derived.Contains(o) && shapes.TypeOf(o) == TensorType.Float32 && !graph.IsOutput(o)
                && graph.ConsumersOf(o).Any(c => !c.Outputs.Any(derived.Contains))),
        ];
        if (wanted.IsEmpty || activations(model, wanted).FirstOrDefault() is not { } values)
            return;
        var before = LayerMapping.FloatTensors(model).Where(derived.Contains).ToList();
        foreach (string tensor in wanted)
        {
            graph.Remove(graph.ProducerOf(tensor)!);
            graph.SetInitializer(tensor, values[tensor]);
        }
        graph.Prune();
        foreach (string tensor in before.Where(t => graph.ProducerOf(t) is null))
            names.BecameConstant(tensor);
    }

    private static bool IsRandom(Node node) => node.OpType.StartsWith("Random", StringComparison.Ordinal) || node.OpType is "Bernoulli" or "Multinomial" or "Dropout";
}
