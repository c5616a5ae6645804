using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>NaN or infinity: the first tensor that has one, since all behind it follow from it.</summary>
internal sealed class NonFinite : IRule
{
    /// <summary>Of the largest value that codes stand for: where a tenth of the values lie at the end and the others are zero, the root mean square is this.</summary>
    private const double AtTheEnd = 0.3;
    private const double LeastNmse = 0.25, LeastRatio = 1.5;

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
        foreach (Finding saturated in Saturated(target))
            yield return saturated;
        if (probe.Layers.FirstOrDefault(l => l.State == DivergenceState.NonFinite) is { } first)
        {
            yield return target.Find(this, Certainty.Certain, target.MakerOf(first.Target), first.Reference,
                $"the first tensor with NaN or infinity: {first.NonFiniteImages} of {first.Images} images; {probe.Layers.Count(l => l.State == DivergenceState.NonFinite)} tensors in all",
                [new("images", first.NonFiniteImages, "", 0)], Remedy, 1, target.InFloat(target.MakerOf(first.Target)));
        }
    }

    /// <summary>A quantizer turns infinity into its last code: what is left of it are values that all lie at the end of the range, where the reference's do not.</summary>
    private IEnumerable<Finding> Saturated(TargetCase target)
    {
        var reach = target.Target.Qdq.Where(p => p.Kind == "activation").SelectMany(p => new[] { p.Source, p.Tensor }.OfType<string>().Distinct().Select(t => (Tensor: t, High: Math.Max(-p.Low, p.High))))
            .ToLookup(p => p.Tensor, p => p.High, StringComparer.Ordinal);
        foreach (Divergence layer in LayerAlone.Of(target).Select(l => l.Layer))
        {
            if (Amplitude.Of(layer) is not { } amplitude || layer.Nmse.Median < LeastNmse || amplitude.Ratio < LeastRatio
                || reach[layer.Reference].Concat(reach[layer.Target]).DefaultIfEmpty(0).Min() is not (> 0 and var end) || amplitude.OfTarget < AtTheEnd * end)
                continue;
            yield return target.Find(this, Certainty.Likely, target.MakerOf(layer.Target), layer.Reference,
                FormattableString.Invariant($"its values lie at the end of their codes (root mean square {amplitude.OfTarget:G3} of at most {end:G3}), {amplitude.Ratio:0.0} x the reference's, and what it reads is sound: infinity or an overflow in front of a quantizer"),
                [new("root mean square over the end of the range", amplitude.OfTarget / end, "", AtTheEnd), new("amplitude ratio", amplitude.Ratio, "", LeastRatio), new("NMSE", layer.Nmse.Median, "", LeastNmse)],
                Remedy, 1, target.InFloat(target.MakerOf(layer.Target)));
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
