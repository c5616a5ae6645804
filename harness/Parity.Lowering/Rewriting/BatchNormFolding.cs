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
            if (graph.ProducerOf(inner) is not { } node || graph.IsOutput(inner) || graph.ConsumersOf(inner).Length != 1
                || OutputChannels.Of(graph, node) is not { } channels || ChannelAffine.OfBatchNorm(graph, norm) is not { } affine || affine.Channels != channels.Count
                || !TryBias(graph, node, channels.Count, out var bias))
                continue;
            var shifted = new float[channels.Count];
            // Gemm computes alpha A B + beta C: its bias is folded as it enters the sum.
            float beta = node.Is("Gemm") ? node.Float("beta", 1) : 1;
            for (int c = 0; c < shifted.Length; c++)
                shifted[c] = (float)((bias is null ? 0 : (double)bias[c] * beta) * affine.Factors[c] + affine.Shifts[c]);
            var weights = graph.Constant(node.Input(1))!;
            var values = weights.Span<float>();
            var folded = new float[values.Length];
            for (int i = 0; i < folded.Length; i++)
                folded[i] = (float)(values[i] * affine.Factors[channels.Of(i)]);
            ConstantInput.Replace(graph, node, 1, Tensor.Create(folded, weights.Shape.AsSpan()), $"{outer}/weight");
            ConstantInput.Replace(graph, node, 2, Tensor.Create(shifted, shifted.Length), $"{outer}/bias");
            if (node.Is("Gemm"))
                node.Set("beta", 1f);
            graph.Remove(norm);
            graph.RenameTensor(inner, outer);
            names.Absorbed(inner, outer, "BN folded");
            names.Changed(outer, "BN folded");
        }
        graph.Prune();
    }

    /// <summary>One value a channel, or null without a bias; false when the bias is computed or of another shape.</summary>
    private static bool TryBias(Graph graph, Node node, int channels, out float[]? bias)
    {
        bias = null;
        if (!node.HasInput(2))
            return true;
        bias = ConstantInput.Floats(graph, node.Input(2));
        if (bias?.Length == 1 && channels > 1)
            bias = [.. Enumerable.Repeat(bias[0], channels)];
        return bias?.Length == channels;
    }
}
