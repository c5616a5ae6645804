using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Metrics;

namespace Parity.Suites.Saliency;

/// <summary>
/// Mean absolute error, and the best F-measure with beta^2 = .3 over 256 thresholds of precision and recall averaged over pictures (Achanta et
/// al. 2009; Borji et al. 2015). Maps are rounded to 0..255 and a pixel is salient from the threshold on; they are not stretched to the full range.
/// </summary>
/// <remarks>A picture without a salient pixel has no recall: it counts for the error only. One with no predicted pixel has the precision 0.</remarks>
public static class SaliencyMetric
{
    private const int Thresholds = 256;
    private const double BetaSquared = 0.3;

    /// <exception cref="FaultException">A value outside 0..1 or NaN, maps of different sizes, or a sample twice.</exception>
    public static IEvaluation Evaluate(IEnumerable<SaliencySample> samples) => new SummedEvaluation(
        [new("saliency/MAE", "fraction", Direction.LowerIsBetter), new("saliency/max-F", "fraction", Direction.HigherIsBetter)],
        3 + (2 * Thresholds), samples.Select(s => new SampleTerms(s.Id, Terms(s))), Values);

    /// <summary>Pictures, error, pictures with salient pixels, then their precision and their recall at each threshold.</summary>
    private static ImmutableArray<double> Terms(SaliencySample sample)
    {
        if (sample.Truth.Length == 0 || sample.Truth.Length != sample.Predicted.Length)
            throw new FaultException($"{sample.Predicted.Length} pixels are predicted, {sample.Truth.Length} are labelled", $"sample {sample.Id}", "Resize the map to the picture.");
        var salient = new long[Thresholds];
        var other = new long[Thresholds];
        double error = 0;
        for (int i = 0; i < sample.Truth.Length; i++)
        {
            float value = sample.Predicted[i];
            if (!(value >= 0 && value <= 1))
                throw new FaultException($"pixel {i} is {value} salient", $"sample {sample.Id}", "Give values from 0 to 1: apply the model's sigmoid.");
            error += Math.Abs(value - (sample.Truth[i] ? 1.0 : 0));
            (sample.Truth[i] ? salient : other)[(int)Math.Round(value * 255.0, MidpointRounding.ToEven)]++;
        }

        long positives = salient.Sum(), hits = 0, found = 0;
        var terms = new double[3 + (2 * Thresholds)];
        (terms[0], terms[1], terms[2]) = (1, error / sample.Truth.Length, positives > 0 ? 1 : 0);
        for (int t = Thresholds - 1; t >= 0 && positives > 0; t--)
        {
            hits += salient[t];
            found += salient[t] + other[t];
            terms[3 + t] = found == 0 ? 0 : (double)hits / found;
            terms[3 + Thresholds + t] = (double)hits / positives;
        }
        return [.. terms];
    }

    private static void Values(ReadOnlySpan<double> sums, Span<double> values)
    {
        values[0] = SummedEvaluation.Quotient(sums[1], sums[0]);
        values[1] = double.NaN;
        for (int t = 0; t < Thresholds && sums[2] > 0; t++)
        {
            double precision = sums[3 + t] / sums[2], recall = sums[3 + Thresholds + t] / sums[2];
            double divisor = (BetaSquared * precision) + recall;
            double f = divisor == 0 ? 0 : (1 + BetaSquared) * precision * recall / divisor;
            values[1] = t == 0 ? f : Math.Max(values[1], f);
        }
    }
}
