using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>Root mean squares of both sides, worked out of a divergence.</summary>
/// <param name="Ratio">Target over reference: k of NMSE = 1 + k^2 - 2 k cosine.</param>
internal readonly record struct Amplitude(double OfReference, double Ratio)
{
    public double OfTarget => OfReference * Ratio;

    /// <summary>By the medians over images; null where one has no value or the tensors are equal.</summary>
    public static Amplitude? Of(Divergence layer) =>
        layer is { Nmse.Median: { } nmse and > 0, Cosine.Median: { } cosine, Mse.Median: { } mse }
            ? new Amplitude(Math.Sqrt(mse / nmse), cosine + Math.Sqrt(Math.Max(0, cosine * cosine - 1 + nmse)))
            : null;
}
