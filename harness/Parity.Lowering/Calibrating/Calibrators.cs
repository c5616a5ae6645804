using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>How a range is chosen from what was seen, for activations over the calibration inputs, for weights over their values. All read every value once.</summary>
public static class Calibrators
{
    /// <summary>The smallest and the largest value.</summary>
    public const string MinMax = "min-max";

    /// <summary>Cuts outliers so that the given percentage of the values stays inside: see <see cref="HistogramObserver"/>.</summary>
    public const string Percentile = "percentile";

    /// <summary>See <see cref="MovingAverageObserver"/>.</summary>
    public const string MovingAverage = "moving-average";

    /// <summary>See <see cref="AbsoluteMaximumObserver"/>.</summary>
    public const string AbsoluteMaximum = "absolute-maximum";

    /// <summary>See <see cref="EntropyObserver"/>.</summary>
    public const string Entropy = "kl";

    /// <summary>See <see cref="SquaredErrorObserver"/>.</summary>
    public const string SquaredError = "mse";

    /// <summary>See <see cref="SearchedHistogramObserver"/>.</summary>
    public const string HistogramSearch = "histogram-mse";

    public static ImmutableArray<string> All { get; } = [MinMax, Percentile, MovingAverage, AbsoluteMaximum, Entropy, SquaredError, HistogramSearch];

    /// <summary>Modes of vendors' tools whose arithmetic no public source gives: asking for one is refused with what is known, never answered by something alike.</summary>
    public static ImmutableArray<ClosedCalibrator> Closed { get; } =
    [
        new("mmse", "Rockchip's toolkits take 20 to 50 images and, in the first, mmse_epoch (default 3)", $"'{SquaredError}' or '{HistogramSearch}'"),
        new("kl_divergence", "Rockchip's toolkits take 20 to 100 images", $"'{Entropy}', NVIDIA's public algorithm"),
        new("gdq", "Rockchip's toolkit 2 takes over 200 images, for w4a16 and w8a16 only", $"'{SquaredError}'"),
        new("eqm", "Cambricon's MagicMind minimises quantization noise by statistics of its own, symmetric only (EQM, EQNM)", $"'{SquaredError}'"),
        new("eqnm", "Cambricon's MagicMind minimises quantization noise by statistics of its own, symmetric only (EQM, EQNM)", $"'{SquaredError}'"),
        new("admm", "Ingenic's Magik offers it for features and weights", $"'{SquaredError}', or AdaRound for weights"),
        new("trt-entropy", "TensorRT's own entropy calibrators 1 and 2 search a histogram in closed code", $"'{Entropy}', the algorithm that NVIDIA published elsewhere"),
    ];

    /// <summary>What a record says of a calibration: calibrators with the settings they use, then what differs from the usual for weights.</summary>
    public static string Describe(string activations, double percentile, CalibrationOptions options)
    {
        string text = One(activations);
        if (options.Ranges is { } ranges)
            text = $"ranges of {Path.GetFileName(ranges.Source)}, else {text}";
        if (options.WeightsCalibrator != MinMax)
            text += $", weights {One(options.WeightsCalibrator)}";
        return options.AdaRound is null ? text : $"{text}, AdaRound";

        string One(string name) => name switch
        {
            Percentile => FormattableString.Invariant($"{name} {percentile}"),
            MovingAverage => FormattableString.Invariant($"{name} {options.AveragingConstant}"),
            _ => name,
        };
    }

    /// <summary>Adds a fault when no calibrator has the name, or its setting is out of range.</summary>
    public static void Check(string name, double percentile, double averagingConstant, string where, FaultList faults)
    {
        if (Closed.FirstOrDefault(c => c.Name == name.ToLowerInvariant()) is { } closed)
            faults.Add($"the arithmetic of '{name}' is not public: {closed.Known}", where, $"Take {closed.Instead}, or read the ranges that the vendor's tool found by 'ranges'.");
        else if (!All.Contains(name))
            faults.Add($"there is no calibrator '{name}'", where, $"Take one of {string.Join(", ", All)}.");
        else if (name == Percentile && !(percentile is > 50 and <= 100))
            faults.Add(FormattableString.Invariant($"the percentile is {percentile}"), "percentile", "Give a number above 50 and up to 100, such as 99.99.");
        else if (name == MovingAverage && !(averagingConstant is > 0 and <= 1))
            faults.Add(FormattableString.Invariant($"the averaging constant is {averagingConstant}"), "averaging-constant", "Give a number above 0 and up to 1, such as 0.01.");
    }

    /// <param name="format">Symmetric ones cut by |x|, others on both sides.</param>
    /// <exception cref="FaultException">The format has more codes than the calibrator can tell apart.</exception>
    internal static IRangeObserver Create(string name, double percentile, double averagingConstant, NumberFormat format)
    {
        int codes = format.CodeHigh - format.CodeLow + 1;
        if (codes > MagnitudeHistogram.FirstBins && name is (Entropy or SquaredError or HistogramSearch))
            throw new FaultException($"'{name}' has {MagnitudeHistogram.FirstBins} bins, too few for a format of {codes} codes", "calibrator", $"Take '{MinMax}' or '{Percentile}': with so many codes, cutting the range gains little.");
        if (format.Scale == ScaleForm.Logarithm && name is (Entropy or SquaredError or HistogramSearch))
            throw new FaultException($"'{name}' weighs ranges by equal steps, and the target's codes are logarithms", "calibrator", $"Take '{MinMax}' or '{Percentile}'.");
        return name switch
        {
            Percentile => new HistogramObserver(percentile, symmetric: format.Symmetry == Symmetry.Symmetric),
            MovingAverage => new MovingAverageObserver(averagingConstant),
            AbsoluteMaximum => new AbsoluteMaximumObserver(),
            Entropy => new EntropyObserver(format),
            SquaredError => new SquaredErrorObserver(format),
            HistogramSearch => new SearchedHistogramObserver((codes + 1) / 2 * 2),
            _ => new MinMaxObserver(),
        };
    }
}

/// <summary>A vendor's calibration mode that cannot be followed.</summary>
/// <param name="Known">What is public about it.</param>
/// <param name="Instead">What this project has that is nearest.</param>
public sealed record ClosedCalibrator(string Name, string Known, string Instead);
