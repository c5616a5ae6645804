using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Folds a BatchNormalization that alone reads a Conv, ConvTranspose or Gemm into its weights and bias: with f = gamma / sqrt(var + eps), w' = w f and
/// b' = (b - mean) f + beta, in double and rounded to float once. The operator then makes the batch norm's output.
/// </summary>
internal static class BatchNormFolding
{
    public static void Apply(OnnxModel model, TensorNames names)
    {
        var graph = model.Graph;
        foreach (var norm in graph.Nodes.Where(n => n.Is("BatchNormalization")))
        {
            string inner = norm.Input(0), outer = norm.Outputs[0];
            if (graph.ProducerOf(inner) is not { } node || graph.IsOutput(inner) || graph.ConsumersOf(inner).Length != 1 || IsTraining(graph, norm)
                || OutputChannels.Of(graph, node) is not { } channels || Parameters(graph, norm) is not { } p || p.Gamma.Length != channels.Count
                || !TryBias(graph, node, channels.Count, out var bias))
                continue;
            var factors = new double[channels.Count];
            var shifted = new float[channels.Count];
            // Gemm computes alpha A B + beta C: its bias is folded as it enters the sum.
            float beta = node.Is("Gemm") ? node.Float("beta", 1) : 1;
            for (int c = 0; c < factors.Length; c++)
            {
                factors[c] = p.Gamma[c] / Math.Sqrt((double)p.Variance[c] + p.Epsilon);
                double b = bias is null ? 0 : (double)bias[c] * beta;
                shifted[c] = (float)((b - p.Mean[c]) * factors[c] + p.Beta[c]);
            }
            var weights = graph.Constant(node.Input(1))!;
            var values = weights.Span<float>();
            var folded = new float[values.Length];
            for (int i = 0; i < folded.Length; i++)
                folded[i] = (float)(values[i] * factors[channels.Of(i)]);
            Replace(graph, node, 1, Tensor.Create(folded, weights.Shape.AsSpan()), $"{outer}/weight");
            Replace(graph, node, 2, Tensor.Create(shifted, shifted.Length), $"{outer}/bias");
            if (node.Is("Gemm"))
                node.Set("beta", 1f);
            graph.Remove(norm);
            graph.RenameTensor(inner, outer);
            names.Absorbed(inner, outer, "BN folded");
            names.Changed(outer, "BN folded");
        }
        graph.Prune();
    }

    private static bool IsTraining(Graph graph, Node norm) => norm.Int("training_mode", 0) != 0
        || norm.Outputs.Skip(1).Any(o => o.Length > 0 && (graph.ConsumersOf(o).Length > 0 || graph.IsOutput(o)));

    private sealed record BatchNorm(float[] Gamma, float[] Beta, float[] Mean, float[] Variance, double Epsilon);

    private static BatchNorm? Parameters(Graph graph, Node norm)
    {
        var constants = Enumerable.Range(1, 4).Select(i => Floats(graph, norm.Input(i))).ToArray();
        return constants.Any(c => c is null) || constants.Any(c => c!.Length != constants[0]!.Length) ? null
            : new BatchNorm(constants[0]!, constants[1]!, constants[2]!, constants[3]!, norm.Float("epsilon", 1e-5f));
    }

    /// <summary>One value a channel, or null without a bias; false when the bias is computed or of another shape.</summary>
    private static bool TryBias(Graph graph, Node node, int channels, out float[]? bias)
    {
        bias = null;
        if (!node.HasInput(2))
            return true;
        bias = Floats(graph, node.Input(2));
        if (bias?.Length == 1 && channels > 1)
            bias = [.. Enumerable.Repeat(bias[0], channels)];
        return bias?.Length == channels;
    }

    private static float[]? Floats(Graph graph, string tensor) =>
        graph.Constant(tensor) is { Type: ElementType.Float32 } constant ? constant.Span<float>().ToArray() : null;

    /// <summary>Keeps the constant's name when nobody else reads it.</summary>
    private static void Replace(Graph graph, Node node, int input, Tensor value, string stem)
    {
        string old = node.Input(input);
        if (graph.IsInitializer(old) && graph.ConsumersOf(old).Length == 1 && !graph.IsOutput(old) && node.Inputs.Count(i => i == old) == 1)
        {
            graph.SetInitializer(old, value);
            return;
        }
        string name = graph.UniqueName(stem);
        graph.SetInitializer(name, value);
        graph.SetInput(node, input, name);
    }
}
