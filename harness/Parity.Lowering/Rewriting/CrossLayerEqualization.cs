using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Cross-layer equalisation (Nagel et al. 2019, "Data-free quantization through weight equalization and bias correction", section 4.1): between two convolutions with nothing or a
/// positively homogeneous activation between them, output channel c of the first is divided and input channel c of the second multiplied by sqrt(r1 / r2), r being the largest |weight| of
/// the channel on either side. The float model keeps its function.
/// </summary>
public static class CrossLayerEqualization
{
    /// <summary>Sweeps over all pairs: a convolution in two pairs moves its channels in both.</summary>
    private const int Sweeps = 10;

    /// <returns>A changed copy and the number of pairs; the model itself with 0.</returns>
    public static (OnnxModel Model, int Pairs) Apply(OnnxModel model)
    {
        var equal = model.Clone();
        var graph = equal.Graph;
        var pairs = graph.Nodes.Select(n => PairOf(graph, n)).OfType<Pair>().ToList();
        if (pairs.Count == 0)
            return (model, 0);
        for (int sweep = 0; sweep < Sweeps; sweep++)
            foreach (var pair in pairs)
                Equalize(graph, pair);
        return (equal, pairs.Count);
    }

    private static Pair? PairOf(Graph graph, Node first)
    {
        if (!first.Is("Conv") || !HasOwnWeights(graph, first))
            return null;
        Node? norm = null, next = OperatorUnits.SoleReader(graph, first);
        if (next is not null && next.Is("BatchNormalization") && next.Input(0) == first.Outputs[0] && Own(graph, next, 1) && Own(graph, next, 2))
        {
            norm = next;
            next = OperatorUnits.SoleReader(graph, norm);
        }
        if (next is not null && (next.Is("Relu") || next.Is("LeakyRelu")))
            next = OperatorUnits.SoleReader(graph, next);
        return next is not null && next.Is("Conv") && HasOwnWeights(graph, next) && graph.Constant(next.Input(0)) is null
            && (!first.HasInput(2) || Own(graph, first, 2)) ? new Pair(first, norm, next) : null;
    }

    private static void Equalize(Graph graph, Pair pair)
    {
        var (first, norm, second) = pair;
        Tensor one = graph.Constant(first.Input(1))!, two = graph.Constant(second.Input(1))!;
        float[] a = one.Span<float>().ToArray(), b = two.Span<float>().ToArray();
        int channels = one.Shape[0], rows = a.Length / channels;
        int perGroup = two.Shape[1], kernel = two.Shape.Skip(2).Aggregate(1, (x, y) => x * y), groups = (int)second.Int("group", 1), filters = two.Shape[0] / groups;
        if (perGroup * groups != channels)
            return;
        float[] gains = norm is null ? [.. Enumerable.Repeat(1f, channels)] : [.. Gains(graph, norm)];
        var before = new double[channels];
        var behind = new double[channels];
        for (int i = 0; i < a.Length; i++)
            before[i / rows] = Math.Max(before[i / rows], Math.Abs(a[i] * gains[i / rows]));
        int Channel(int element) => element / (perGroup * kernel) / filters * perGroup + element / kernel % perGroup;
        for (int i = 0; i < b.Length; i++)
            behind[Channel(i)] = Math.Max(behind[Channel(i)], Math.Abs(b[i]));
        // A channel that is nothing on one side has nothing to share out.
        double[] factors = [.. before.Zip(behind, (x, y) => x > 0 && y > 0 ? Math.Sqrt(x / y) : 1)];
        for (int i = 0; i < b.Length; i++)
            b[i] = (float)(b[i] * factors[Channel(i)]);
        if (norm is not null)
        {
            Divide(graph, norm, 1, factors);
            Divide(graph, norm, 2, factors);
        }
        else
        {
            for (int i = 0; i < a.Length; i++)
                a[i] = (float)(a[i] / factors[i / rows]);
            ConstantInput.Replace(graph, first, 1, Tensor.Create(a, one.Shape.AsSpan()), $"{first.Outputs[0]}/equalised");
            if (first.HasInput(2))
                Divide(graph, first, 2, factors);
        }
        ConstantInput.Replace(graph, second, 1, Tensor.Create(b, two.Shape.AsSpan()), $"{second.Outputs[0]}/equalised");
    }

    private static void Divide(Graph graph, Node node, int input, double[] factors)
    {
        var values = graph.Constant(node.Input(input))!;
        float[] divided = [.. values.Span<float>().ToArray().Zip(factors, (v, f) => (float)(v / f))];
        ConstantInput.Replace(graph, node, input, Tensor.Create(divided, values.Shape.AsSpan()), $"{node.Outputs[0]}/equalised{input}");
    }

    /// <summary>What a folded batch norm multiplies its channels with.</summary>
    private static IEnumerable<float> Gains(Graph graph, Node norm)
    {
        float epsilon = norm.Float("epsilon", 1e-5f);
        float[] gamma = graph.Constant(norm.Input(1))!.Span<float>().ToArray(), variance = graph.Constant(norm.Input(4)) is { } v ? v.Span<float>().ToArray() : [];
        return gamma.Select((g, i) => i < variance.Length ? g / MathF.Sqrt(variance[i] + epsilon) : g);
    }

    private static bool HasOwnWeights(Graph graph, Node node) => Own(graph, node, 1) && graph.Constant(node.Input(1))!.Shape.Length > 2;

    private static bool Own(Graph graph, Node node, int input) => graph.Constant(node.Input(input)) is { Type: ElementType.Float32 };

    private sealed record Pair(Node First, Node? Norm, Node Second);
}
