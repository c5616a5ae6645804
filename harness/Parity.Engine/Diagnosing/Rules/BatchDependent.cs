using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Operators whose result for one picture depends on the others in its batch: calibrated in batches and run one by one they are another model.</summary>
internal sealed class BatchDependent : IRule
{
    public string Id => "batch-dependent";

    public string Title => "Operator that depends on the batch";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        Graph graph = target.Model.Graph;
        foreach (Node node in graph.Nodes)
        {
            if (Why(node) is not { } why)
                continue;
            yield return target.Find(this, Certainty.Likely, node, node.Outputs[0], $"{node.OpType} {why}", [],
                "Export in evaluation mode, and write the operator so that each picture is computed by itself.", 0.5);
        }

        string? Why(Node node) => node.OpType switch
        {
            "BatchNormalization" when node.Int("training_mode", 0) != 0 => "normalises by the statistics of the batch (training mode)",
            "DynamicQuantizeLinear" => "takes its scale from the batch",
            "Dropout" when node.HasInput(2) && graph.Constant(node.Input(2)) is { Type: ElementType.Bool } training && training.Bytes().Contains((byte)1) => "drops values by chance (training mode)",
            "ReduceMean" or "ReduceMax" or "ReduceMin" or "ReduceSum" or "ReduceL2" when Axes(node).Contains(0) => "reduces over the batch",
            "Softmax" or "LogSoftmax" or "CumSum" when node.HasAttribute("axis") && Activations(node) && node.Int("axis", -1) == 0 => "runs over the batch",
            "Concat" when node.Int("axis", 0) == 0 && Activations(node) && target.Shapes.ShapeOf(node.Input(0))?.Length >= 3 => "joins along the batch",
            _ => null,
        };

        bool Activations(Node node) => node.Inputs.Any(i => i.Length > 0 && graph.Constant(i) is null) && target.Shapes.ShapeOf(node.Input(0))?.Length >= 2 && target.Shapes.TypeOf(node.Input(0)) == TensorType.Float32;

        IEnumerable<long> Axes(Node node)
        {
            if (!Activations(node))
                return [];
            var axes = node.HasInput(1) && graph.Constant(node.Input(1)) is { Type: ElementType.Int64 } constant ? constant.Span<long>().ToArray() : [.. node.Ints("axes")];
            int rank = target.Shapes.ShapeOf(node.Input(0))!.Value.Length;
            return axes.Select(a => a < 0 ? a + rank : a);
        }
    }
}
