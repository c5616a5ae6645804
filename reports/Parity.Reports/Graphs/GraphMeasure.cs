using System.Collections.Immutable;
using Parity.Core;
using Parity.Reports.Layers;

namespace Parity.Reports.Graphs;

/// <summary>A measure by which the graph is coloured: its figure in words and one of five shades, 0 the worst. No shade is no value.</summary>
/// <param name="Key">In class names; ASCII.</param>
/// <param name="Steps">What the shades stand for, from 0.</param>
public sealed record GraphMeasure(string Key, string Title, ImmutableArray<string> Steps, Func<GraphBox, (string Text, int? Shade)> Of)
{
    private static readonly ImmutableArray<double> Decibels = [10, 20, 30, 40];

    private static readonly ImmutableArray<string> DecibelSteps = ["below 10 dB", "10 to 20 dB", "20 to 30 dB", "30 to 40 dB", "40 dB and more, or exact"];

    /// <summary>Those that the drawing has a value for, the first to begin with.</summary>
    public static ImmutableArray<GraphMeasure> For(ImmutableArray<GraphBox> boxes)
    {
        long most = boxes.Max(b => b.Node.Macs ?? 0);
        ImmutableArray<GraphMeasure> all =
        [
            new("accumulated", "SQNR, accumulated", DecibelSteps, b => b.Layer is { } layer ? Sqnr(layer.Layer) : ("", null)),
            new("isolated", "SQNR, isolated", DecibelSteps, b => b.Layer?.Error is { } error ? Sqnr(error.Isolated) : ("", null)),
            new("quantizer", "SQNR of the quantizer alone", DecibelSteps, b => b.Quantizer?.Measured?.Tensor is { SqnrDb: { } db } ? ($"{NumberText.Decibels(db)} dB", Shade(db)) : ("", null)),
            new("clipped", "Share clipped by its quantizer", ["over 1 %", "over 0.1 %", "over 0.01 %", "any", "none"], b => b.Quantizer?.Measured?.Tensor is { ClippedLowShare: { } low, ClippedHighShare: { } high }
                ? (NumberText.RareShare(Math.Max(low, high)), Math.Max(low, high) switch { > 0.01 => 0, > 0.001 => 1, > 0.0001 => 2, > 0 => 3, _ => 4 })
                : ("", null)),
            new("macs", "MACs", ["over half of the largest", "over a quarter", "over a tenth", "any", "none"], b => b.Node.Macs is { } macs
                ? (macs == 0 ? "" : NumberText.Si(macs), macs == 0 ? 4 : ((double)macs / most) switch { > 0.5 => 0, > 0.25 => 1, > 0.1 => 2, _ => 3 })
                : ("unknown", null)),
            new("precision", "Precision", ["float32", "float16", "int16", "other", "8 bit"], b => (b.Node.Precision, b.Node.Precision switch { "float32" or "float" => 0, "float16" => 1, "int16" or "uint16" => 2, "int8" or "uint8" => 4, _ => 3 })),
        ];
        return [.. all.Where(m => boxes.Any(b => m.Of(b).Shade is not null))];
    }

    private static (string, int?) Sqnr(Divergence divergence) => divergence.SqnrDb switch
    {
        { Median: { } db } when double.IsFinite(db) => ($"{NumberText.Decibels(db)} dB", Shade(db)),
        { MedianState: DivergenceState.Exact } => ("exact", 4),
        { MedianState: DivergenceState.NonFinite or DivergenceState.ZeroReference } bad => (DivergenceText.Word(bad.MedianState), 0),
        var other => (DivergenceText.Word(other.MedianState), null),
    };

    private static int Shade(double decibels) => Decibels.Count(limit => decibels >= limit);
}
