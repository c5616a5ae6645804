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
            .GroupBy(q => (Scale: q.Pair.Scales[0], Zero: q.Pair.ZeroPoints[0], Operator: q.Maker!.OpType, Name: graph.NodeNamed(q.Pair.Quantize)?.Input(1), Weights: Weights(graph, q.Maker!)))
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

    /// <summary>The stored weights; operators without weights are one by their scale's name alone.</summary>
    private static string? Weights(Graph graph, Node node) => graph.ProducerOf(node.Input(1)) is { } dequantize && QdqView.IsDequantize(dequantize) ? dequantize.Input(0) : null;
}
