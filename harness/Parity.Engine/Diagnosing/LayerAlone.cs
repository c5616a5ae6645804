using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>What one layer does to inputs that are sound.</summary>
/// <param name="NmseBefore">What its inputs have lost already: 0 where it was fed the reference's.</param>
/// <param name="Inputs">Tensors in the target's names and in the reference's.</param>
internal readonly record struct LayerAlone(Divergence Layer, double NmseBefore, ImmutableArray<string> Inputs)
{
    /// <summary>The layer's own error is so many times what came in.</summary>
    private const double LeastRatio = 8;

    /// <summary>Behind inputs that lost more than this nothing can be told apart.</summary>
    private const double LargestBefore = 0.05;

    /// <summary>
    /// Quantized layers as they were measured by themselves. Of others, and where the run did not measure that, what has accumulated, if it is far more than at the inputs.
    /// </summary>
    public static IEnumerable<LayerAlone> Of(TargetCase target)
    {
        if (target.Target.Probe is not { } probe)
            yield break;
        var isolated = new HashSet<string>(StringComparer.Ordinal);
        foreach (LayerError error in probe.Errors ?? [])
        {
            isolated.Add(error.Target);
            yield return new LayerAlone(error.Isolated, 0, error.Inputs);
        }
        var accumulated = new Dictionary<string, double>(StringComparer.Ordinal);
        foreach (Divergence layer in probe.Layers)
            accumulated[layer.Target] = layer.State is DivergenceState.Exact or DivergenceState.Empty ? 0 : layer.Nmse.Median ?? double.PositiveInfinity;
        foreach (Divergence layer in probe.Layers.Where(l => !isolated.Contains(l.Target) && l.Nmse.Median > 0 && !Magnifies(target.MakerOf(l.Target))))
        {
            ImmutableArray<string> inputs = LeadingTo(target.Model.Graph, layer.Target, accumulated);
            double before = inputs.Select(i => accumulated[i]).DefaultIfEmpty(0).Max();
            if (before <= LargestBefore && layer.Nmse.Median >= LeastRatio * before)
                yield return new LayerAlone(layer, before, inputs);
        }
    }

    /// <summary>An error that is small beside all of the input may be all there is of a part of it, or of what logits far below zero come to.</summary>
    private static bool Magnifies(Node? node) => node is { OpType: "Sigmoid" or "Softmax" or "Exp" or "Split" or "Slice" };

    /// <summary>The compared tensors that lead to this one.</summary>
    private static ImmutableArray<string> LeadingTo(Graph graph, string tensor, Dictionary<string, double> accumulated)
    {
        var inputs = ImmutableArray.CreateBuilder<string>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var open = new Queue<Node?>([graph.ProducerOf(tensor)]);
        while (open.TryDequeue(out Node? node))
        {
            foreach (string input in node?.Inputs.Where(seen.Add) ?? [])
            {
                if (accumulated.ContainsKey(input))
                    inputs.Add(input);
                else
                    open.Enqueue(graph.ProducerOf(input));
            }
        }
        return inputs.ToImmutable();
    }
}
