using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>One scale for channels that mean different things, such as boxes in pixels and scores below 1: the narrow ones round to next to nothing.</summary>
internal sealed class PartsOfUnlikeRange : IRule
{
    /// <summary>A channel that does not reach so many steps has at most three codes on each side of zero.</summary>
    private const double FewSteps = 3.5;
    private const double LeastShare = 0.1;

    public string Id => "parts-of-unlike-range";

    public string Title => "One scale shared by parts of very different range";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        foreach (SeenQuantizer q in SeenQuantizer.Of(target))
        {
            // Inside the network channels of small values are common and matter as little as they are small; joined parts and outputs are read apart.
            if (!q.IsPerTensor || q.Seen.Extents is not { Largest: { IsEmpty: false } largest } || !(q.Maker?.Is("Concat") == true || Layout.LeadsToOutput(target.Model.Graph, q.Pair.Tensor)))
                continue;
            double step = q.Pair.Scales[0];
            var live = largest.Where(l => l > 0).Order().ToList();
            int few = live.Count(l => l < FewSteps * step), none = live.Count(l => l < step / 2);
            if (few < 2 || few < LeastShare * live.Count)
                continue;
            double share = (double)few / live.Count;
            yield return target.Find(this, Certainty.Likely, q.Blamed, q.Tensor,
                FormattableString.Invariant($"channels reach from {live[0]:G3} to {live[^1]:G3} and share one step of {step:G3}: {few} of {live.Count} have at most 3 codes beside zero, {none} round to zero everywhere"),
                [new("channels with next to no codes", share, "fraction", LeastShare), new("channels all zero", (double)none / live.Count, "fraction"), new("widest over narrowest", live[^1] / (double)live[0], "")],
                "Give the parts a scale each: split the output before it is quantized, keep the Concat and what follows in float, or bring the parts to one range inside the model.",
                share, target.InFloat(q.Blamed));
        }
    }
}
