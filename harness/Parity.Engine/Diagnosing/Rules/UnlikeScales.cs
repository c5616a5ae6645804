using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Inputs of a Concat or an Add with scales so unlike that the finer one is lost, or that one of them cannot be right.</summary>
internal sealed class UnlikeScales : IRule
{
    private const double LeastRatio = 16;

    /// <summary>Of an Add's inputs, beside the ratio of what they reach: a few probe images seldom reach as far as all of calibration.</summary>
    private const double LeastUnlike = 6;

    /// <summary>A branch that does not reach so many steps of the joined tensor has at most three codes on each side of zero.</summary>
    private const double FewSteps = 3.5;

    public string Id => "unlike-scales";

    public string Title => "Inputs of a Concat or an Add with unlike scales";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        var quantizers = SeenQuantizer.Of(target).Where(q => q.IsPerTensor && q.Reach > 0).ToList();
        var byTensor = quantizers.ToLookup(q => q.Pair.Tensor);
        Graph graph = target.Model.Graph;
        foreach (Node node in graph.Nodes.Where(n => n.Is("Concat") || n.Is("Add")))
        {
            var inputs = node.Inputs.Select(i => Quantizer(i)).OfType<SeenQuantizer>().ToList();
            SeenQuantizer? output = byTensor[node.Outputs[0]].FirstOrDefault();
            if (inputs.Count < 2 || inputs.Count != node.Inputs.Count)
                continue;
            SeenQuantizer fine = inputs.MinBy(q => q.Pair.Scales[0])!, coarse = inputs.MaxBy(q => q.Pair.Scales[0])!;
            double ratio = coarse.Pair.Scales[0] / fine.Pair.Scales[0];
            if (ratio < (node.Is("Add") ? LeastUnlike : LeastRatio))
                continue;
            // An Add may well have a small part; its scale is wrong only when its values are not as small as it says.
            double alike = ratio / (coarse.Reach!.Value / fine.Reach!.Value);
            if (node.Is("Add") ? alike < LeastUnlike : output is null || fine.Reach >= FewSteps * output.Pair.Scales[0])
                continue;
            SeenQuantizer blamed = node.Is("Add") && coarse.UsedShare < fine.UsedShare ? coarse : fine;
            yield return target.Find(this, Certainty.Likely, node, blamed.Tensor,
                FormattableString.Invariant($"scales {fine.Pair.Scales[0]:G3} ({fine.Tensor}) and {coarse.Pair.Scales[0]:G3} ({coarse.Tensor}) meet in {node.OpType}; the values reach {fine.Reach:G3} and {coarse.Reach:G3}"),
                [new("coarse over fine scale", ratio, "", node.Is("Add") ? LeastUnlike : LeastRatio), new("steps of the joined tensor that the fine input reaches", output is null ? null : fine.Reach / output.Pair.Scales[0], "", FewSteps)],
                "Calibrate both inputs together, or keep the joining operator and what reads it in float.", blamed.Loss ?? 0, target.InFloat(node));
        }

        // Where codes were only moved (Split, Reshape), the quantizer in front stands for those behind.
        SeenQuantizer? Quantizer(string input) =>
            graph.ProducerOf(input) is { } dequantize && QdqView.IsDequantize(dequantize) && graph.ProducerOf(dequantize.Input(0)) is { } quantize && QdqView.IsQuantize(quantize)
                ? byTensor[quantize.Input(0)].FirstOrDefault() ?? (graph.ProducerOf(quantize.Input(0)) is { } mover && Layout.Moves(mover) ? Quantizer(mover.Input(0)) : null)
                : null;
    }
}
