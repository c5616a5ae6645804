using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>How the range of an activation is chosen from what was seen; weights always take their own minimum and maximum.</summary>
public static class Calibrators
{
    /// <summary>The smallest and the largest value.</summary>
    public const string MinMax = "min-max";

    /// <summary>Cuts outliers so that the given percentage of the values stays inside: see <see cref="HistogramObserver"/>.</summary>
    public const string Percentile = "percentile";

    public static ImmutableArray<string> All { get; } = [MinMax, Percentile];

    /// <summary>Adds a fault when no calibrator has the name, or its percentile is not in (50, 100].</summary>
    internal static void Check(string name, double percentile, FaultList faults)
    {
        if (!All.Contains(name))
            faults.Add($"there is no calibrator '{name}'", "calibrator", $"Take one of {string.Join(", ", All)}.");
        else if (name == Percentile && !(percentile is > 50 and <= 100))
            faults.Add(FormattableString.Invariant($"the percentile is {percentile}"), "percentile", "Give a number above 50 and up to 100, such as 99.99.");
    }

    /// <param name="symmetry">Symmetric formats cut by |x|, others on both sides.</param>
    internal static IRangeObserver Create(string name, double percentile, Symmetry symmetry) =>
        name == Percentile ? new HistogramObserver(percentile, symmetric: symmetry == Symmetry.Symmetric) : new MinMaxObserver();
}
