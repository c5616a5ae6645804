using System.Numerics;
using System.Runtime.InteropServices;

namespace Parity.Lowering;

/// <summary>
/// The squared-error calibration of NVIDIA's pytorch-quantization (targets.md 2.A): among the centres of the histogram's bins from bin 128 on, the magnitude at which
/// rounding and cutting the bins' centres costs the least; the smallest of equal ones. Ranges are cut at that magnitude on both sides, and the step is the format's.
/// </summary>
internal sealed class SquaredErrorObserver(NumberFormat format) : IRangeObserver
{
    public const int StartBin = 128;

    private readonly MagnitudeHistogram _histogram = new();

    public void Observe(ReadOnlySpan<float> values) => _histogram.Observe(values);

    public ValueRange Range()
    {
        if (_histogram.Range is not { } range)
            return new ValueRange(0, 0);
        if (_histogram.Width == 0)
            return range;
        var (centres, counts) = Centres();
        double best = double.PositiveInfinity;
        float magnitude = range.AbsoluteMaximum;
        for (int i = StartBin; i < _histogram.Counts.Length; i++)
        {
            float candidate = centres[i];
            double error = Error(centres, counts, candidate, QuantizationParameters.For(range.Cut(candidate), format.For(range)).Scale);
            if (error < best)
                (best, magnitude) = (error, candidate);
        }
        return range.Cut(magnitude);
    }

    /// <summary>Padded with empty bins to whole vectors.</summary>
    private (float[] Centres, float[] Counts) Centres()
    {
        var counts = _histogram.Counts;
        int padded = (counts.Length + 15) / 16 * 16;
        var centres = new float[padded];
        var weights = new float[padded];
        for (int i = 0; i < counts.Length; i++)
        {
            centres[i] = (i + 0.5f) * _histogram.Width;
            weights[i] = counts[i];
        }
        return (centres, weights);
    }

    /// <summary>Sixteen lanes joined in order, so that every instruction set finds the same minimum.</summary>
    private static double Error(float[] centres, float[] counts, float magnitude, float step)
    {
        var x = MemoryMarshal.Cast<float, Vector<float>>(centres.AsSpan());
        var n = MemoryMarshal.Cast<float, Vector<float>>(counts.AsSpan());
        int lanes = 16 / Vector<float>.Count;
        var perStep = new Vector<float>(1 / step);
        var steps = new Vector<float>(step);
        var highest = new Vector<float>(MathF.Round(magnitude / step));
        double sum = 0;
        for (int lane = 0; lane < lanes; lane++)
        {
            var sums = Vector<float>.Zero;
            for (int i = lane; i < x.Length; i += lanes)
            {
                var code = Vector.Min(Vector.Round(x[i] * perStep, MidpointRounding.ToEven), highest);
                var difference = code * steps - x[i];
                sums += difference * difference * n[i];
            }
            for (int i = 0; i < Vector<float>.Count; i++)
                sum += sums[i];
        }
        return sum;
    }
}
