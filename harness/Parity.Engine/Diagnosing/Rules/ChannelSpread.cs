using System.Collections.Immutable;
using Parity.Core;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Weights under one scale whose channels differ so much in size that the small ones have no bits left.</summary>
internal sealed class ChannelSpread : IRule
{
    /// <summary>Codes on each side of zero: three bits.</summary>
    private const int FewCodes = 4;
    private const double LeastShare = 0.25;

    /// <summary>Where nearly all channels are lost, the large one alone decides the tensor's error, which says nothing of the others.</summary>
    private const double NearlyAll = 0.75;

    /// <summary>Of the weights alone: 20 dB.</summary>
    private const double LeastLoss = 0.01;

    public string Id => "channel-spread";

    public string Title => "Per-channel spread of weights under one scale";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        Graph graph = target.Model.Graph;
        foreach (QdqRecord pair in target.Target.Qdq.Where(p => p.Kind == "weight" && p.Axis is null))
        {
            if (pair.Consumers is not [var reader, ..] || graph.NodeNamed(reader) is not { } node || WeightCodes.Of(graph, node) is not { } codes)
                continue;
            ImmutableArray<long> largest = codes.LargestOfChannels;
            var live = largest.Where(l => l > 0).Order().ToList();
            int few = live.Count(l => l <= FewCodes);
            double? loss = target.ErrorOf(node) is { } error ? (error.WeightsOnly ?? error.Isolated).Nmse.Median : null;
            if (live.Count < 2 || few < LeastShare * live.Count || (loss < LeastLoss && few < NearlyAll * live.Count))
                continue;
            double share = (double)few / live.Count;
            yield return target.Find(this, loss is null ? Certainty.Hint : Certainty.Likely, node, pair.Tensor,
                FormattableString.Invariant($"{few} of {live.Count} output channels have at most {FewCodes} codes beside zero (median {live[live.Count / 2]}, largest {live[^1]})")
                    + (loss is { } l ? FormattableString.Invariant($", and rounding the weights costs {l:P1} of the layer's signal") : ""),
                [new("channels with few codes", share, "fraction", LeastShare), new("NMSE of the weights alone", loss, "", LeastLoss)],
                "Use scales per channel where the chip can; else equalise the weights across layers before quantization, or keep the layer in float.",
                Math.Max(loss ?? 0, share / 100), target.InFloat(node));
        }
    }
}
