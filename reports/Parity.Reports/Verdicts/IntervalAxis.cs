using Parity.Core;

namespace Parity.Reports.Verdicts;

/// <summary>The stretch of numbers that a plot shows. What lies outside is drawn as an arrow at the edge.</summary>
public sealed record IntervalAxis(double From, double To)
{
    /// <summary>
    /// Always centred on the limit, so that the limits of a table stand in one line, and twice the limit wide to each side; closer when all
    /// lies near it.
    /// </summary>
    public static IntervalAxis AroundLimit(ClauseRecord clause)
    {
        if (clause.Limit is not { } limit || !double.IsFinite(limit))
            return Holding([clause.Value, clause.Lower, clause.Upper]);
        double reach = Finite([clause.Value, clause.Lower, clause.Upper]).Select(v => Math.Abs(v - limit)).DefaultIfEmpty(0).Max();
        double size = Math.Abs(limit);
        double half = size > 0 && reach > size / 8 ? 2 * size : reach > 0 ? 1.5 * reach : 1;
        return new IntervalAxis(limit - half, limit + half);
    }

    /// <summary>Zero and every given number, with a margin.</summary>
    public static IntervalAxis Holding(IEnumerable<double?> values)
    {
        double[] held = [0, .. Finite(values)];
        double margin = held.Max() > held.Min() ? 0.06 * (held.Max() - held.Min()) : 1;
        return new IntervalAxis(held.Min() - margin, held.Max() + margin);
    }

    public bool Shows(double value) => value >= From && value <= To;

    /// <summary>Position from 0 to <paramref name="width"/>, held at the edge for what lies outside.</summary>
    public double X(double value, double width) => Math.Clamp((value - From) / (To - From), 0, 1) * width;

    private static IEnumerable<double> Finite(IEnumerable<double?> values) =>
        values.Where(v => v is { } number && double.IsFinite(number)).Select(v => v!.Value);
}
