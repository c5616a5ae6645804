using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Bias codes at the end of their type, or so large that the sum they start overflows.</summary>
internal sealed class BiasOverflow : IRule
{
    /// <summary>Half of int32: the products that are added have the other half.</summary>
    private const long Largest = 1L << 30;

    public string Id => "bias-overflow";

    public string Title => "Bias overflows";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        Graph graph = target.Model.Graph;
        foreach (QdqRecord pair in target.Target.Qdq.Where(p => p.Kind == "bias" && p.Type == ElementType.Int32))
        {
            if (graph.NodeNamed(pair.Dequantize) is not { } dequantize || graph.Constant(dequantize.Input(0)) is not { } stored)
                continue;
            ImmutableArray<long> codes = LinearQuantization.Codes(stored);
            int beyond = codes.Count(c => Math.Abs(c) >= Largest);
            if (beyond == 0)
                continue;
            Node? node = graph.NodeNamed(pair.Consumers.FirstOrDefault() ?? "");
            bool saturated = codes.Any(c => c is int.MaxValue or int.MinValue);
            yield return target.Find(this, saturated ? Certainty.Certain : Certainty.Likely, node, pair.Tensor,
                FormattableString.Invariant($"{beyond} of {codes.Length} bias codes are beyond 2^30{(saturated ? " and some are cut off at the end of int32" : "")}: input scale x weight scale is {pair.Scales.Min():G3}"),
                [new("bias codes beyond 2^30", beyond, "", 0), new("smallest product of scales", pair.Scales.Min(), "")],
                "Give the weights, or the channel, a larger scale, or keep the layer in float.", 1, target.InFloat(node));
        }
    }
}
