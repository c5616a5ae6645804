using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Reports.Tests;

/// <summary>What probe images may show: every state of a layer, every kind of quantizer, taps that change an output, names that are markup.</summary>
public static class RichProbe
{
    /// <summary>Accumulated SQNR of the layers that have one, by their number from 1.</summary>
    public static ImmutableSortedDictionary<int, double> MedianDb { get; } = new Dictionary<int, double>
    {
        [2] = 41.25, [3] = 38, [5] = 17.5, [6] = 16, [7] = 24, [8] = 23.5, [11] = -3.125,
    }.ToImmutableSortedDictionary();

    public static ProbeRecord Record(ImmutableArray<QdqRecord> nodes) => new(
        ["139", "285 <b>", "9999"],
        [
            Exact("images"),
            Valued("backbone.stem.conv", MedianDb[2], 40.5),
            Valued("backbone.dark2.concat", MedianDb[3], 30),
            Exact("backbone.shape"),
            Valued(RichRecord.Script, MedianDb[5], 9) with { Target = "\"><b>quantized</b>" },
            Valued("backbone.dark3.0.act", MedianDb[6], 15.75),
            Valued("backbone.dark3.1.act", MedianDb[7], 22),
            // One image of three is not finite: the median has a value, the worst has none.
            Valued("backbone.dark3.2.act", MedianDb[8], 23) with
            {
                State = DivergenceState.NonFinite,
                NonFiniteImages = 1,
                SqnrDb = new MeasureSummary(MedianDb[8], DivergenceState.Compared, null, DivergenceState.NonFinite, "9999"),
            },
            Stated("backbone.dark3.3.act", DivergenceState.NonFinite),
            Stated("head.silent", DivergenceState.ZeroReference),
            Valued("head.out", MedianDb[11], -8.5),
            Stated("head.none", DivergenceState.Empty),
            // A record that breaks the contract must not be drawn as a number either.
            Valued("head.nan", double.NaN, double.PositiveInfinity),
        ],
        [.. nodes.Where(n => n.Kind == "activation").Select(Quantizer)],
        [
            new TapCheck("reference", "output", 3, 3, 0),
            new TapCheck("target", "output", 3, 2, 0.0125),
            new TapCheck("target", "<b>scores</b>", 3, 1, null),
        ],
        [new UnmatchedLayer("backbone.fused.<script>alert(3)</script>", "fused into <b>the</b> convolution before it")]);

    private static QuantizationDivergence Quantizer(QdqRecord node, int index) => index switch
    {
        // The model's input: every value is a code.
        0 => new(node.Quantize, QuantizationView.Values, Measures(0, 0, 0, null), [], Counts(node, 0, 0)),
        // The one with a hostile name clips on both sides.
        1 => new(node.Quantize, QuantizationView.Values, Measures(0.0125, 0.00064, 0.25, 4.5) with { ClippedLowShare = 0.000021, ClippedHighShare = 0.031 }, [], Counts(node, 21, 31_000))
        {
            Extents = new ChannelExtents(1, [15.75f, 6.5f, 0.0123f, 0]),
        },
        2 => new(node.Quantize, QuantizationView.Values, NotMeasured(1000, 7), [], null),
        3 => new(node.Quantize, QuantizationView.Codes, Measures(0, 0, 0, null) with
        {
            ClippedLowShare = null, ClippedHighShare = null, ClippingMse = null, RoundingMse = null, ExpectedRoundingMse = null, LowEndShare = 0.4, HighEndShare = 0.01,
        }, [], Counts(node, 0, 0)),
        4 => new(node.Quantize, QuantizationView.Values, NotMeasured(0, 0), [], null),
        _ => new(node.Quantize, QuantizationView.Values, Measures(0, 0.001 * index, 0.0011 * index, 60 - index), [], Counts(node, 0, 0)),
    };

    private static QuantizationMeasures Measures(double clipping, double rounding, double expected, double? sqnr) =>
        new(1_000_000, 0, -10.21, 12.05, -12.5, 15.75, 0, 0, 0.0001, 0, 130, 130 / 256.0, clipping, rounding, expected, sqnr);

    private static QuantizationMeasures NotMeasured(long count, long nonFinite) =>
        new(count, nonFinite, -10.21, 12.05, null, null, null, null, null, null, null, null, null, null, null, null);

    /// <summary>A bell around the zero point and a spike on it, over all 256 codes.</summary>
    private static CodeHistogram Counts(QdqRecord node, long below, long above)
    {
        int low = node.Type == ElementType.UInt8 ? 0 : -128;
        return new CodeHistogram(low - 0.5, 1, [.. Enumerable.Range(low, 256).Select(code => code == node.ZeroPoints[0] ? 400_000 : (long)(60_000 * Math.Exp(-Math.Pow((code - 20) / 30.0, 2))))], below, above);
    }

    private static Divergence Valued(string tensor, double median, double worst) => new(
        tensor, tensor, DivergenceKind.Accumulated, DivergenceState.Compared, 3, 0, 0, 0, 0, 519_168,
        Summary(0.9987, 0.91), Summary(median, worst), Summary(0.0026, 0.18), Summary(1.25, 7.5), Summary(0.0011, 0.02), Summary(-0.00042, -0.013));

    private static Divergence Exact(string tensor) => Stated(tensor, DivergenceState.Exact) with
    {
        Cosine = Summary(1, 1), Nmse = Summary(0, 0), MaxAbs = Summary(0, 0), Mse = Summary(0, 0), MeanError = Summary(0, 0),
    };

    private static Divergence Stated(string tensor, DivergenceState state)
    {
        int Images(DivergenceState which) => state == which ? 3 : 0;
        var none = new MeasureSummary(null, state, null, state, state == DivergenceState.Empty ? null : "285 <b>");
        return new Divergence(
            tensor, tensor, DivergenceKind.Accumulated, state, 3, Images(DivergenceState.Exact), Images(DivergenceState.ZeroReference), Images(DivergenceState.NonFinite),
            Images(DivergenceState.Empty), state == DivergenceState.Empty ? 0 : 519_168, none, none, none, none, none, none);
    }

    private static MeasureSummary Summary(double median, double worst) => new(median, DivergenceState.Compared, worst, DivergenceState.Compared, "139");
}
