using System.Collections.Immutable;

namespace Parity.Reports.Layers;

/// <summary>A layer whose median SQNR lies below that of the last layer before it that has one.</summary>
/// <param name="Before">The nearest earlier layer with an SQNR; exact layers have none and are passed over.</param>
public sealed record LayerFall(LayerPlace Layer, LayerPlace Before, double FallDb)
{
    /// <summary>The largest falls, the largest first; of equal ones the earlier layer.</summary>
    public static ImmutableArray<LayerFall> Largest(ImmutableArray<LayerPlace> layers, int most)
    {
        var falls = new List<LayerFall>();
        LayerPlace? before = null;
        foreach (LayerPlace layer in layers.Where(l => l.MedianDb is not null))
        {
            if (before is not null && layer.MedianDb < before.MedianDb)
                falls.Add(new LayerFall(layer, before, before.MedianDb!.Value - layer.MedianDb!.Value));
            before = layer;
        }
        return [.. falls.OrderByDescending(f => f.FallDb).ThenBy(f => f.Layer.Number).Take(most)];
    }
}
