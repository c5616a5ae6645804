using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>A tensor with the reference's values in another order: the same energy and the same mean, and no likeness element by element.</summary>
internal sealed class LayoutSwapped : IRule
{
    private const double LeastNmse = 0.05;
    private const double EnergyTolerance = 0.02;
    private const double MeanTolerance = 0.01;

    /// <summary>Of the layer's NMSE, by one quantizer at its inputs or its result: noise so loud has the same figures as another order.</summary>
    private const double LargestOfQuantizers = 0.2;

    public string Id => "layout-swapped";

    public string Title => "Layout swapped";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        var quantizers = SeenQuantizer.Of(target);
        foreach (var (layer, before, inputs) in LayerAlone.Of(target))
        {
            if (Amplitude.Of(layer) is not { } amplitude || layer is not { Nmse.Median: { } nmse, Cosine.Median: { } cosine, MeanError.Median: { } mean } || nmse < LeastNmse)
                continue;
            // Noise that came in adds its energy, and moves the mean.
            if (Math.Abs(amplitude.Ratio - 1) > EnergyTolerance + before / 2 || Math.Abs(mean) > MeanTolerance * (1 + 10 * Math.Sqrt(before)) * amplitude.OfReference)
                continue;
            if (quantizers.Any(q => q.Loss > LargestOfQuantizers * nmse && inputs.Append(layer.Reference).Append(layer.Target).Any(t => t == q.Tensor || t == q.Pair.Tensor)))
                continue;
            yield return target.Find(this, Certainty.Likely, target.MakerOf(layer.Target), layer.Reference,
                FormattableString.Invariant($"its values have the reference's energy (ratio {amplitude.Ratio:0.000}) and mean, but cosine {cosine:0.000}, and what it reads is sound: they stand in another order"),
                [new("cosine", cosine, ""), new("amplitude ratio", amplitude.Ratio, "", 1 + EnergyTolerance), new("NMSE", nmse, "", LeastNmse)],
                "Compare Transpose, Reshape and the layout (NCHW, NHWC) at this place with the float model.", 1);
        }
    }
}
