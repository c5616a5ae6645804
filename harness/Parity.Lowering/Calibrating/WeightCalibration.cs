using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Prepares the weights of a rewritten float model for rounding: cuts them to the ranges that a calibrator chooses, and moves them to the codes that AdaRound chooses. The weights
/// stay floats whose own extremes give those ranges and codes, so that whatever quantizes them needs to know nothing of it.
/// </summary>
internal static class WeightCalibration
{
    /// <param name="weighted">Operators with constant weights that will be quantized.</param>
    /// <param name="progress">Layers rounded and their number.</param>
    public static void Apply(
        OnnxModel model, ImmutableArray<Node> weighted, NumberFormat format, LoweringPlan plan, ActivationStream activations, ImmutableArray<string>.Builder notes, Action<int, int>? progress)
    {
        var graph = model.Graph;
        var layers = weighted.Where(n => OutputChannels.Of(graph, n) is not null).DistinctBy(n => n.Input(1), StringComparer.Ordinal).ToImmutableArray();
        if (plan.Options.WeightsCalibrator != Calibrators.MinMax)
            foreach (var node in layers)
                Replace(graph, node, Cut(graph, node, format, plan));
        if (plan.Options.AdaRound is { } options)
            AdaRound.Apply(model, layers, format, options, activations, notes, progress);
    }

    /// <summary>Which slice with parameters of its own an element belongs to: all, an output channel, or so many input channels of one.</summary>
    public static Func<int, int> Slices(OutputChannels channels, NumberFormat format) => format.Granularity switch
    {
        Granularity.PerChannel => element => element / channels.Inner % channels.Extent,
        Granularity.PerGroup => element => element / channels.Inner % channels.Extent * Groups(channels, format) + element / channels.Inputs.Inner % channels.Inputs.Extent / format.GroupSize,
        _ => _ => 0,
    };

    private static int Groups(OutputChannels channels, NumberFormat format) => (channels.Inputs.Extent + format.GroupSize - 1) / format.GroupSize;

    /// <summary>Ranges of the slices.</summary>
    public static ValueRange[] Ranges(ReadOnlySpan<float> values, OutputChannels channels, NumberFormat format)
    {
        var slice = Slices(channels, format);
        var ranges = new ValueRange?[format.Granularity switch
        {
            Granularity.PerChannel => channels.Extent,
            Granularity.PerGroup => channels.Extent * Groups(channels, format),
            _ => 1,
        }];
        for (int i = 0; i < values.Length; i++)
        {
            ref var range = ref ranges[slice(i)];
            range = range?.Union(new ValueRange(values[i], values[i])) ?? new ValueRange(values[i], values[i]);
        }
        return Array.ConvertAll(ranges, r => r ?? default);
    }

    /// <summary>Gives the operator these weights, and all operators that share them with it as weights.</summary>
    public static void Replace(Graph graph, Node node, Tensor value)
    {
        string old = node.Input(1);
        var readers = graph.ConsumersOf(old).Where(c => c.Input(1) == old && OutputChannels.Of(graph, c) is not null).ToList();
        if (graph.IsInitializer(old) && !graph.IsOutput(old) && graph.ConsumersOf(old).All(c => readers.Contains(c) && c.Inputs.Count(i => i == old) == 1))
        {
            graph.SetInitializer(old, value);
            return;
        }
        string name = graph.UniqueName($"{old}/calibrated");
        graph.SetInitializer(name, value);
        foreach (var reader in readers)
            graph.SetInput(reader, 1, name);
    }

    private static Tensor Cut(Graph graph, Node node, NumberFormat format, LoweringPlan plan)
    {
        var channels = OutputChannels.Of(graph, node)!;
        var weights = graph.Constant(node.Input(1))!;
        var values = weights.Span<float>().ToArray();
        var slice = Slices(channels, format);
        foreach (var members in Enumerable.Range(0, values.Length).GroupBy(slice))
        {
            int[] elements = [.. members];
            var seen = Array.ConvertAll(elements, i => values[i]);
            var observer = Calibrators.Create(plan.Options.WeightsCalibrator, plan.Percentile, plan.Options.AveragingConstant, format);
            observer.Observe(seen);
            // Without a finite range the weights stay as they are, for whoever quantizes them to name the element.
            if (ValueRange.Of(seen) is null)
                continue;
            var range = observer.Range();
            foreach (int i in elements)
                values[i] = Math.Clamp(values[i], range.Min, range.Max);
        }
        return Tensor.Create(values, weights.Shape.AsSpan());
    }
}
