using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>One module called twice, whose two results are rounded by the one observer that it has.</summary>
internal sealed class ReusedOperator : IRule
{
    private const double LeastRatio = 4;

    public string Id => "reused-operator";

    public string Title => "An operator used twice with one scale";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        Graph graph = target.Model.Graph;
        var groups = SeenQuantizer.Of(target)
            .Where(q => q is { IsPerTensor: true, Reach: > 0, Maker: not null })
            .GroupBy(q => (Scale: q.Pair.Scales[0], Zero: q.Pair.ZeroPoints[0], Operator: q.Maker!.OpType, Shared: Weights(graph, q.Maker!) ?? graph.NodeNamed(q.Pair.Quantize)?.Input(1)))
            .Where(g => g.Count() > 1);
        foreach (var group in groups)
        {
            SeenQuantizer wide = group.MaxBy(q => q.Reach)!, narrow = group.MinBy(q => q.Reach)!;
            double ratio = wide.Reach!.Value / narrow.Reach!.Value;
            if (ratio < LeastRatio)
                continue;
            yield return target.Find(this, Certainty.Likely, narrow.Maker, narrow.Tensor,
                FormattableString.Invariant($"{narrow.Maker!.Name} and {wide.Maker!.Name} share one scale, but their results reach {narrow.Reach:G3} and {wide.Reach:G3}"),
                [new("wide over narrow reach", ratio, "", LeastRatio), new("NMSE of the quantizer", narrow.Loss, "")],
                "Make two modules of the one that is called twice, so that each call has its own observer.", narrow.Loss ?? 0, narrow.Wanted(target));
        }
    }

    /// <summary>Weights that several operators read; operators without are one where they share the stored scale.</summary>
    private static string? Weights(Graph graph, Node node)
    {
        if (graph.ProducerOf(node.Input(1)) is not { } dequantize || !QdqView.IsDequantize(dequantize) || graph.Constant(dequantize.Input(0)) is null)
            return null;
        int readers = graph.ConsumersOf(dequantize.Input(0)).Sum(d => graph.ConsumersOf(d.Outputs[0]).Length);
        return readers > 1 ? dequantize.Input(0) : null;
    }
}
