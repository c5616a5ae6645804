using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>A tensor with the reference's values in another order: the same energy and the same mean, and no likeness element by element.</summary>
internal sealed class LayoutSwapped : IRule
{
    private const double LeastNmse = 0.1;
    private const double EnergyTolerance = 0.02;
    private const double MeanTolerance = 0.01;

    /// <summary>What the tensors in front may have lost already.</summary>
    private const double CleanNmse = 0.02;

    public string Id => "layout-swapped";

    public string Title => "Layout swapped";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        // The first alone: what follows works on shuffled values and looks like anything.
        double before = 0;
        foreach (Divergence layer in target.Target.Probe?.Layers ?? [])
        {
            if (layer is { Nmse.Median: { } nmse, Cosine.Median: { } cosine, Mse.Median: { } mse, MeanError.Median: { } mean } && nmse >= LeastNmse)
            {
                // |q|/|r| = k from NMSE = 1 + k^2 - 2 k cos.
                double k = cosine + Math.Sqrt(Math.Max(0, cosine * cosine - 1 + nmse));
                if (before < CleanNmse && Math.Abs(k - 1) <= EnergyTolerance && Math.Abs(mean) <= MeanTolerance * Math.Sqrt(mse / nmse))
                {
                    yield return target.Find(this, Certainty.Likely, target.MakerOf(layer.Target), layer.Reference,
                        FormattableString.Invariant($"its values have the reference's energy (ratio {k:0.000}) and mean, but cosine {cosine:0.000}, and what comes before is sound: they stand in another order"),
                        [new("cosine", cosine, ""), new("energy ratio", k, ""), new("NMSE", nmse, "", LeastNmse)],
                        "Compare Transpose, Reshape and the layout (NCHW, NHWC) at this place with the float model.", 1);
                }
                yield break;
            }
            before = Math.Max(before, layer.Nmse.Median ?? 0);
        }
    }
}
