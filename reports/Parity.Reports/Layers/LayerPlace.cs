using Parity.Core;

namespace Parity.Reports.Layers;

/// <param name="Number">From 1, in the order of the reference's graph.</param>
/// <param name="Id">Anchor of its row.</param>
/// <param name="Error">The layer by itself; null where it was not measured so.</param>
public sealed record LayerPlace(int Number, Divergence Layer, string Id, LayerError? Error = null)
{
    /// <summary>Accumulated SQNR in dB that can be drawn; null where there is none.</summary>
    public double? MedianDb => Drawable(Layer.SqnrDb.Median);

    /// <summary>Of the worst image.</summary>
    public double? WorstDb => Drawable(Layer.SqnrDb.Worst);

    private static double? Drawable(double? value) => value is { } number && double.IsFinite(number) ? number : null;
}
