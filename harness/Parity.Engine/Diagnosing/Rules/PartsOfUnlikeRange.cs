using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>One scale for channels that mean different things, such as boxes in pixels and scores below 1: the narrow ones round to next to nothing.</summary>
internal sealed class PartsOfUnlikeRange : IRule
{
    /// <summary>A channel that does not reach so many steps has at most three codes on each side of zero.</summary>
    private const double FewSteps = 3.5;
    private const double LeastShare = 0.1;

    /// <summary>Of an output channel: boxes and logits that reach no further are off by several percent of their range.</summary>
    private const double CoarseSteps = 24;
    private const double LeastCoarseShare = 0.5;

    /// <summary>Of the parts of a Concat, by the median of their channels: a few far channels within one part are outliers, not another part.</summary>
    private const double LeastRatioOfParts = 4;

    public string Id => "parts-of-unlike-range";

    public string Title => "One scale shared by parts of very different range";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        foreach (SeenQuantizer q in SeenQuantizer.Of(target))
        {
            // Inside the network channels of small values are common and matter as little as they are small; joined parts and outputs are read apart.
            bool output = Layout.LeadsToOutput(target.Model.Graph, q.Pair.Tensor);
            if (!q.IsPerTensor || q.Seen.Extents is not { Largest: { IsEmpty: false } largest } || !(q.Maker?.Is("Concat") == true || output))
                continue;
            // Scores of one kind mean the same in every channel; that some stay low says which classes were seen.
            if (q.Maker is { } maker && (maker.Is("Sigmoid") || maker.Is("Softmax")))
                continue;
            double step = q.Pair.Scales[0];
            var live = largest.Where(l => l > 0).Order().ToList();
            int few = live.Count(l => l < FewSteps * step), none = live.Count(l => l < step / 2);
            int coarse = output ? live.Count(l => l < CoarseSteps * step) : 0;
            if ((few < 2 || few < LeastShare * live.Count) && (coarse < 2 || coarse < LeastCoarseShare * live.Count))
                continue;
            if (!output && q.Maker is { } joins && RatioOfParts(target, joins, q.Seen.Extents) < LeastRatioOfParts)
                continue;
            yield return target.Find(this, Certainty.Likely, q.Blamed, q.Tensor,
                FormattableString.Invariant($"channels reach from {live[0]:G3} to {live[^1]:G3} and share one step of {step:G3}: {few} of {live.Count} have at most 3 codes beside zero, {none} round to zero everywhere, and the median channel reaches {live[live.Count / 2] / step:0} steps"),
                [new("channels with next to no codes", (double)few / live.Count, "fraction", LeastShare), new("channels with few codes", (double)coarse / live.Count, "fraction", LeastCoarseShare), new("channels all zero", (double)none / live.Count, "fraction"), new("widest over narrowest", live[^1] / (double)live[0], "")],
                "Give the parts a scale each: split the output before it is quantized, keep the Concat and what follows in float, or bring the parts to one range inside the model.",
                live.Average(l => Loss(l, step)), target.InFloat(q.Blamed));
        }
    }

    /// <summary>NMSE of rounding values spread evenly up to a reach; all channels count alike, whatever their energy.</summary>
    private static double Loss(double reach, double step) => step * step / 12 / (step * step / 12 + reach * reach / 3);

    /// <summary>Infinite where a part is all zero; null where shapes do not tell which channels came from where.</summary>
    private static double? RatioOfParts(TargetCase target, Node concat, ChannelExtents extents)
    {
        if (!concat.Is("Concat"))
            return null;
        InferredShapes shapes = target.Shapes;
        var medians = new List<double>();
        int first = 0;
        foreach (string input in concat.Inputs)
        {
            if (shapes.ShapeOf(input) is not { } shape || Axis(concat, shape.Length) != extents.Axis || first + shape[extents.Axis] > extents.Largest.Length)
                return null;
            ImmutableArray<float> part = [.. extents.Largest.Skip(first).Take(shape[extents.Axis]).Order()];
            first += part.Length;
            if (!part.IsEmpty)
                medians.Add(part[part.Length / 2]);
        }
        return medians.Max() / medians.Min();
    }

    private static int Axis(Node concat, int rank) => (int)(concat.Int("axis", 0) is var axis && axis < 0 ? axis + rank : concat.Int("axis", 0));
}
