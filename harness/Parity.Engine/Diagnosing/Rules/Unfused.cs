using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>A batch norm behind its convolution, or rounding between a convolution and the activation that the target makes one operator with it.</summary>
internal sealed class Unfused : IRule
{
    public string Id => "unfused";

    public string Title => "Batch norm or activation not fused";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        if (target.Profile.Quantization is not { } rules)
            yield break;
        Graph graph = target.Model.Graph;
        var losses = SeenQuantizer.Of(target).ToDictionary(q => q.Pair.Quantize, q => q.Loss, StringComparer.Ordinal);
        foreach (Node norm in graph.Nodes.Where(n => n.Is("BatchNormalization")))
        {
            if (target.MakerOf(norm.Input(0)) is { } conv && (conv.Is("Conv") || conv.Is("ConvTranspose")) && !graph.IsOutput(conv.Outputs[0]) && target.ReadersOf(conv.Outputs[0]).Length == 1)
            {
                double? loss = LossBetween(conv);
                yield return target.Find(this, Certainty.Likely, norm, norm.Outputs[0], $"the batch norm stands behind {conv.Name}, which alone it reads, and was not folded into its weights",
                    [new("NMSE of rounding in between", loss, "")], "Fold batch norms before quantization: export in evaluation mode, with folding on.", loss ?? 0.01, target.InFloat(norm));
            }
        }
        foreach (QdqRecord pair in target.Target.Qdq.Where(p => p.Kind == "activation"))
        {
            if (graph.ProducerOf(pair.Tensor) is { } first && pair.Consumers is [var reader] && graph.NodeNamed(reader) is { } activation && target.ReadersOf(pair.Tensor).Length == 1
                && !graph.IsOutput(pair.Tensor)
                && rules.Fusions.Any(f => f.Operators.Contains(first.OpType) && f.Activations.Contains(activation.OpType)))
            {
                double? loss = losses.GetValueOrDefault(pair.Quantize);
                yield return target.Find(this, Certainty.Likely, first, pair.Source ?? pair.Tensor, $"a quantizer stands between {first.Name} and {activation.Name}, which {target.Profile.Name} runs as one operator",
                    [new("NMSE of rounding in between", loss, "")], "Take the quantizer between them out: only the activation's result is rounded.", Math.Max(loss ?? 0, 0.01), target.InFloat(first));
            }
        }

        double? LossBetween(Node conv) => target.Target.Qdq.FirstOrDefault(p => p.Tensor == conv.Outputs[0]) is { } between ? losses.GetValueOrDefault(between.Quantize) : null;
    }
}
