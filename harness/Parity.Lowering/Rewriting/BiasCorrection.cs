using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Takes out of every quantized convolution's bias the mean error that its rounded weights make of the mean of its float inputs on the calibration inputs: sum over the kernel of
/// (rounded - exact) times the input channel's mean (Nagel et al. 2019, section 4.2; at the borders, where padding is read, it is an approximation).
/// </summary>
public static class BiasCorrection
{
    /// <param name="lowered">Of a float model; stays as it is.</param>
    /// <param name="activations">Of its rewritten float model on the calibration inputs.</param>
    /// <returns>The corrected model and the number of convolutions whose bias was changed; those without bias are left.</returns>
    public static (OnnxModel Model, int Convolutions) Apply(LoweringResult lowered, ActivationStream activations)
    {
        if (lowered.Float is not { } exact)
            return (lowered.Model, 0);
        var corrected = lowered.Model.Clone();
        var graph = corrected.Graph;
        var rounded = FloatTwin.Of(lowered.Model).Graph;
        var layers = graph.Nodes.Where(n => n.Is("Conv") && n.HasInput(2) && QdqInput(graph, n, 1) is not null)
            .Select(n => (Node: n, Exact: exact.Graph.NodeNamed(n.Name), Rounded: rounded.NodeNamed(n.Name)))
            .Where(l => l.Exact is not null && l.Rounded is not null
                && exact.Graph.Constant(l.Exact.Input(1)) is { Type: ElementType.Float32 } && rounded.Constant(l.Rounded.Input(1)) is { Type: ElementType.Float32 }).ToList();
        if (layers.Count == 0)
            return (lowered.Model, 0);
        var means = new Dictionary<string, double[]>(StringComparer.Ordinal);
        int images = 0;
        string[] inputs = [.. layers.Select(l => l.Exact!.Input(0)).Distinct(StringComparer.Ordinal)];
        foreach (var values in activations(exact, [.. inputs]))
        {
            foreach (string input in inputs)
                Add(means, input, values[input]);
            images++;
        }
        int changed = 0;
        foreach (var (node, before, after) in layers)
        {
            double[] errors = Errors(exact.Graph.Constant(before!.Input(1))!, rounded.Constant(after!.Input(1))!, [.. means[before.Input(0)].Select(m => m / images)], (int)node.Int("group", 1));
            changed += Correct(graph, node, errors) ? 1 : 0;
        }
        return (corrected, changed);
    }

    private static Node? QdqInput(Graph graph, Node node, int input) => graph.ProducerOf(node.Input(input)) is { } producer && QdqView.IsDequantize(producer) ? producer : null;

    private static void Add(Dictionary<string, double[]> means, string tensor, Tensor values)
    {
        int channels = values.Shape[1], area = values.Shape.Skip(2).Aggregate(1, (a, b) => a * b);
        if (!means.TryGetValue(tensor, out double[]? sums))
            means[tensor] = sums = new double[channels];
        var span = values.Span<float>();
        double share = 1.0 / (area * values.Shape[0]);
        for (int i = 0; i < span.Length; i++)
            sums[i / area % channels] += span[i] * share;
    }

    /// <summary>By output channel, the mean of what the rounded weights make more than the exact ones.</summary>
    private static double[] Errors(Tensor exact, Tensor rounded, double[] means, int groups)
    {
        int filters = exact.Shape[0], perGroup = exact.Shape[1], kernel = exact.Shape.Skip(2).Aggregate(1, (a, b) => a * b);
        var errors = new double[filters];
        ReadOnlySpan<float> w = exact.Span<float>(), q = rounded.Span<float>();
        for (int i = 0; i < w.Length; i++)
        {
            int filter = i / (perGroup * kernel);
            errors[filter] += ((double)q[i] - w[i]) * means[filter / (filters / groups) * perGroup + i / kernel % perGroup];
        }
        return errors;
    }

    private static bool Correct(Graph graph, Node node, double[] errors)
    {
        if (QdqInput(graph, node, 2) is not { } dequantize)
        {
            if (graph.Constant(node.Input(2)) is not { Type: ElementType.Float32 } bias)
                return false;
            float[] values = [.. bias.Span<float>().ToArray().Zip(errors, (b, e) => (float)(b - e))];
            ConstantInput.Replace(graph, node, 2, Tensor.Create(values, values.Length), $"{node.Outputs[0]}/corrected");
            return true;
        }
        if (graph.Constant(dequantize.Input(0)) is not { Type: ElementType.Int32 } codes || graph.Constant(dequantize.Input(1)) is not { } scales)
            return false;
        float[] steps = scales.Span<float>().ToArray();
        int[] moved = [.. codes.Span<int>().ToArray().Select((c, i) => (int)Math.Clamp(c - Math.Round(errors[i] / steps[steps.Length == 1 ? 0 : i], MidpointRounding.ToEven), int.MinValue, int.MaxValue))];
        ConstantInput.Replace(graph, dequantize, 0, Tensor.Create(moved, moved.Length), $"{node.Outputs[0]}/corrected");
        return true;
    }
}
