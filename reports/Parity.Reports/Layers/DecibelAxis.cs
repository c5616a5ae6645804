using System.Collections.Immutable;

namespace Parity.Reports.Layers;

/// <summary>An axis of dB that begins and ends on a tick.</summary>
public sealed record DecibelAxis(double From, double To, double Step)
{
    private const int MostSteps = 7;

    /// <summary>Holds all values in at most seven steps of 5, 10, 20, 50, ... dB.</summary>
    public static DecibelAxis Holding(IEnumerable<double> values)
    {
        double[] held = [.. values];
        double least = held.DefaultIfEmpty(0).Min(), most = held.DefaultIfEmpty(0).Max();
        ReadOnlySpan<double> factors = [5, 10, 20];
        for (int i = 0; ; i++)
        {
            double step = factors[i % 3] * Math.Pow(10, i / 3);
            var axis = new DecibelAxis(Math.Floor(least / step) * step, Math.Ceiling(most / step) * step, step);
            if (axis.To == axis.From)
                axis = axis with { To = axis.From + step };
            if (axis.To - axis.From <= MostSteps * step)
                return axis;
        }
    }

    public ImmutableArray<double> Ticks => [.. Enumerable.Range(0, (int)Math.Round((To - From) / Step) + 1).Select(i => From + i * Step)];

    /// <summary>0 at the top of the axis, 1 at its bottom.</summary>
    public double Depth(double value) => (To - value) / (To - From);
}
