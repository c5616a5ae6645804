using System.Collections.Immutable;
using Parity.Core;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Everything a rule may look at of one target.</summary>
/// <param name="Model">The target's lowered model.</param>
/// <param name="Reference">What its layers compare with: the float model, or a ready model's twin; null when the run folder no longer leads to it.</param>
/// <param name="Map">From the reference's tensors to the target's.</param>
public sealed record TargetCase(RunRecord Run, TargetRecord Target, TargetProfile Profile, OnnxModel Model, OnnxModel? Reference, LayerMap Map)
{
    private readonly Lazy<InferredShapes> _shapes = new(() => ShapeInference.Of(Model));

    /// <summary>Of the target's model.</summary>
    public InferredShapes Shapes => _shapes.Value;

    /// <summary>The operator that makes a tensor of the target's model, Q/DQ passed over; null of an input.</summary>
    public Node? MakerOf(string tensor)
    {
        Node? node = Model.Graph.ProducerOf(tensor);
        while (node is not null && (QdqView.IsQuantize(node) || QdqView.IsDequantize(node)))
            node = Model.Graph.ProducerOf(node.Input(0));
        return node;
    }

    /// <summary>Operators that read a tensor of the target's model, Q/DQ passed over.</summary>
    public ImmutableArray<Node> ReadersOf(string tensor) =>
    [
        .. Model.Graph.ConsumersOf(tensor).SelectMany(n => QdqView.IsQuantize(n) || QdqView.IsDequantize(n) ? ReadersOf(n.Outputs[0]) : [n]).Distinct(),
    ];

    /// <summary>What the operator's layer does by itself; null where that was not measured. The layer's tensor may be that of the activation joined to the operator.</summary>
    public LayerError? ErrorOf(Node node)
    {
        for (Node? at = node; at is not null; at = ReadersOf(at.Outputs[0]) is [var only] ? only : null)
            if (Target.Probe?.Errors?.FirstOrDefault(e => at.Outputs.Contains(e.Target)) is { } error)
                return error;
        return null;
    }

    /// <summary>The experiment that computes an operator in float; null where the reference does not have it.</summary>
    public Experiment? InFloat(Node? node) =>
        node is null || Reference is { } reference && reference.Graph.NodeNamed(node.Name) is null ? null : Experiment.InFloat(Target.Name, node.Name);

    public Finding Find(
        IRule rule, Certainty certainty, Node? node, string? tensor, string saw, ImmutableArray<Evidence> evidence, string remedy, double weight, Experiment? wanted = null) =>
        new(rule.Id, Target.Name, certainty, node?.Name, tensor, saw, evidence, remedy, Math.Clamp(weight, 0, 1), wanted);
}
