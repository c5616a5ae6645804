using System.Collections.Immutable;
using Parity.Core;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>A quantizer of activations with what went through it on the probe samples.</summary>
/// <param name="Maker">The operator whose result it rounds; null of an input of the model.</param>
/// <param name="Readers">Operators that read what it rounded.</param>
public sealed record SeenQuantizer(QdqRecord Pair, QuantizationDivergence Seen, Node? Maker, ImmutableArray<Node> Readers)
{
    /// <summary>One for each set of parameters: where codes are only moved (Reshape, MaxPool), the quantizer in front stands for those behind.</summary>
    public static ImmutableArray<SeenQuantizer> Of(TargetCase target)
    {
        if (target.Target.Probe is not { } probe)
            return [];
        var seen = probe.Quantizers.ToDictionary(q => q.Quantize, StringComparer.Ordinal);
        Graph graph = target.Model.Graph;
        return
        [
            .. target.Target.Qdq.Where(p => p.Kind == "activation" && seen.ContainsKey(p.Quantize))
                .Where(p => !OnlyMovesCodes(graph, p))
                .Select(p => new SeenQuantizer(p, seen[p.Quantize], target.MakerOf(p.Tensor), [.. p.Consumers.Select(graph.NodeNamed).OfType<Node>()])),
        ];
    }

    /// <summary>As the reference calls the tensor.</summary>
    public string Tensor => Pair.Source ?? Pair.Tensor;

    /// <summary>Operator to blame: what makes the tensor, or of an input what reads it first.</summary>
    public Node? Blamed => Maker ?? Readers.FirstOrDefault();

    public bool IsPerTensor => Pair.Scales.Length == 1;

    /// <summary>Largest |value| seen; null where nothing was.</summary>
    public double? Reach => Seen.Tensor is { Min: { } min, Max: { } max } ? Math.Max(Math.Abs(min), Math.Abs(max)) : null;

    /// <summary>Share (0 to 1, or above where values lie outside) of the representable range that the values seen take up.</summary>
    public double? UsedShare
    {
        get
        {
            if (Seen.Tensor is not { Min: { } min, Max: { } max } || min == 0 && max == 0)
                return null;
            bool symmetric = Pair.ZeroPoints.All(z => z == 0) && Pair.Low < 0;
            return symmetric ? Reach / Pair.High : (Math.Max(0, max) - Math.Min(0, min)) / (Pair.High - Pair.Low);
        }
    }

    /// <summary>Mean square of the values; null where only codes were seen, and without noise.</summary>
    private double? Signal => Seen.Tensor is { SqnrDb: { } db, ClippingMse: { } clipping, RoundingMse: { } rounding } ? (clipping + rounding) * Math.Pow(10, db / 10) : null;

    /// <summary>Noise of this quantizer alone over the signal (NMSE); null where only codes were seen.</summary>
    public double? Loss => Seen.Tensor is { ClippingMse: { } clipping, RoundingMse: { } rounding } ? Share(clipping + rounding) : null;

    /// <summary>The part of <see cref="Loss"/> that comes of values beyond the range.</summary>
    public double? ClippingLoss => Seen.Tensor.ClippingMse is { } clipping ? Share(clipping) : null;

    /// <summary>What would show its part: the operator in float whose side has the quantizer.</summary>
    public Experiment? Wanted(TargetCase target) =>
        target.InFloat(target.Profile.Quantization?.Placement == PairPlacement.OperatorInputs ? Readers.FirstOrDefault() : Blamed);

    private double? Share(double noise) => noise == 0 ? 0 : noise / Signal;

    private static bool OnlyMovesCodes(Graph graph, QdqRecord pair) =>
        graph.NodeNamed(pair.Quantize) is { } quantize
        && graph.ProducerOf(pair.Tensor) is { } maker && !QdqView.IsDequantize(maker)
        && graph.ProducerOf(maker.Input(0)) is { } before && QdqView.IsDequantize(before) && before.Input(1) == quantize.Input(1);
}
