using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>y = factor x + shift for each channel, in double.</summary>
internal sealed record ChannelAffine(double[] Factors, double[] Shifts)
{
    public int Channels => Factors.Length;

    /// <summary>A batch norm at inference: factor = gamma / sqrt(variance + eps), shift = beta - mean factor. Null while training or with computed parameters.</summary>
    public static ChannelAffine? OfBatchNorm(Graph graph, Node norm)
    {
        if (norm.Int("training_mode", 0) != 0 || norm.Outputs.Skip(1).Any(o => o.Length > 0 && (graph.ConsumersOf(o).Length > 0 || graph.IsOutput(o))))
            return null;
        float[]?[] constants = [.. Enumerable.Range(1, 4).Select(i => ConstantInput.Floats(graph, norm.Input(i)))];
        if (constants is not [{ } gamma, { } beta, { } mean, { } variance] || constants.Any(c => c!.Length != gamma.Length))
            return null;
        float epsilon = norm.Float("epsilon", 1e-5f);
        double[] factors = [.. gamma.Select((g, c) => g / Math.Sqrt((double)variance[c] + epsilon))];
        return new ChannelAffine(factors, [.. factors.Select((f, c) => beta[c] - mean[c] * f)]);
    }

    /// <summary>This one, then <paramref name="next"/>.</summary>
    public ChannelAffine Then(ChannelAffine next) => new(
        [.. Factors.Select((f, c) => f * next.Factors[c])], [.. Shifts.Select((s, c) => s * next.Factors[c] + next.Shifts[c])]);
}
