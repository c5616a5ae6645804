using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>NaN or infinity: the first tensor that has one, since all behind it follow from it.</summary>
internal sealed class NonFinite : IRule
{
    private const string Remedy = "Find the operation that made it (a division by zero, a logarithm, an overflow in half precision, a damaged weight) and mend the model; a quantizer turns NaN into a code that nobody sees.";

    public string Id => "non-finite";

    public string Title => "NaN or infinity";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        Graph graph = target.Model.Graph;
        var damaged = graph.Nodes.SelectMany(n => n.Inputs.Select(i => (Node: n, Input: i)))
            .Where(i => graph.IsInitializer(i.Input) && graph.Initializer(i.Input) is { Type: ElementType.Float32 } values && HasNaN(values)).ToList();
        if (damaged.Count > 0)
        {
            var (node, input) = damaged[0];
            yield return target.Find(this, Certainty.Certain, node, input, $"a constant of {node.Name} holds NaN", [new("constants with NaN", damaged.Count, "", 0)], Remedy, 1);
        }
        if (target.Target.Probe is not { } probe)
            yield break;
        if (probe.Layers.FirstOrDefault(l => l.State == DivergenceState.NonFinite) is { } first)
        {
            yield return target.Find(this, Certainty.Certain, target.MakerOf(first.Target), first.Reference,
                $"the first tensor with NaN or infinity: {first.NonFiniteImages} of {first.Images} images; {probe.Layers.Count(l => l.State == DivergenceState.NonFinite)} tensors in all",
                [new("images", first.NonFiniteImages, "", 0)], Remedy, 1, target.InFloat(target.MakerOf(first.Target)));
        }
    }

    private static bool HasNaN(Tensor values)
    {
        foreach (float v in values.Span<float>())
            if (float.IsNaN(v))
                return true;
        return false;
    }
}
