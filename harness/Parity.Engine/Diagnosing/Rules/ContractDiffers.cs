using System.Globalization;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>TopK or NMS that the target does by other rules: what is lost there no calibration brings back.</summary>
internal sealed class ContractDiffers : IRule
{
    private const long LeastLost = 5;
    private const double LeastShare = 0.5, LeastDrop = 0.002;

    /// <summary>Attributes of EfficientNMS and TopK that decide what is kept.</summary>
    private static readonly string[] Limits = ["iou_threshold", "score_threshold", "max_output_boxes", "background_class", "class_agnostic", "axis", "largest"];

    public string Id => "contract-differs";

    public string Title => "TopK or NMS contract differs";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        if (target.Reference is { } reference)
        {
            foreach (Node node in target.Model.Graph.Nodes.Where(n => n.OpType is "TopK" or "NonMaxSuppression" or "EfficientNMS_TRT"))
            {
                if (reference.Graph.NodeNamed(node.Name) is not { } twin)
                    continue;
                string here = Contract(target.Model.Graph, node), there = Contract(reference.Graph, twin);
                if (here != there)
                    yield return target.Find(this, Certainty.Certain, node, node.Outputs[0], $"{node.OpType} has {here}, the reference {there}", [], "Give both the same limits, or lower the suite's own limit to what the target can do.", 1);
            }
        }
        var drop = target.Target.Waterfall?.FirstOrDefault(s => s.Stage == "post-processing" && s.Missing is null)?.Drops.FirstOrDefault();
        if (drop is { Drop: { } points } && points >= LeastDrop)
        {
            yield return target.Find(this, Certainty.Likely, null, null,
                string.Create(CultureInfo.InvariantCulture, $"the target's post-processing alone costs {points * 100:0.00} points of {drop.Name}"),
                [new(drop.Name, points, drop.Unit, LeastDrop)], "Raise its limits of candidates, or let the suite decode as the target does.", points);
        }
        long Lost(params string[] reasons) => reasons.Sum(r => target.Target.Counts.GetValueOrDefault($"lost.{r}"));
        long all = target.Target.Counts.GetValueOrDefault("lost"), cut = Lost("topk", "tie", "limit", "classfull");
        if (cut >= LeastLost && cut >= LeastShare * all)
        {
            yield return target.Find(this, Certainty.Likely, null, null, $"{cut} of {all} lost items were cut by a limit of candidates or of detections, not by their score or place",
                [new("lost by limits", (double)cut / all, "fraction", LeastShare)], "Raise the limits, or the score threshold in front of them.", (double)cut / all / 2);
        }
    }

    private static string Contract(Graph graph, Node node) =>
        string.Join(", ", node.Inputs.Skip(1).Select(graph.Constant).Where(c => c is { Count: 1 }).Select(c => Value(c!))
            .Concat(Limits.Where(node.HasAttribute).Select(a => a.EndsWith("threshold", StringComparison.Ordinal)
                ? FormattableString.Invariant($"{a} {node.Float(a, 0)}") : $"{a} {node.Int(a, 0)}"))
            .DefaultIfEmpty("no limits"));

    private static string Value(Tensor tensor) => tensor.Type switch
    {
        ElementType.Float32 => tensor.Span<float>()[0].ToString(CultureInfo.InvariantCulture),
        _ => LinearQuantization.Codes(tensor)[0].ToString(CultureInfo.InvariantCulture),
    };
}
