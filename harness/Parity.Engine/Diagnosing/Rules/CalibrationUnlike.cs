using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>Ranges that do not fit anywhere in the network: the images of calibration were not like those evaluated.</summary>
internal sealed class CalibrationUnlike : IRule
{
    private const int LeastQuantizers = 4;
    private const double LeastShare = 0.4;

    /// <summary>Of the range, by what is seen at most: half of it, or half as much again.</summary>
    private const double Narrow = 0.5, Beyond = 1.5;

    public string Id => "calibration-unlike";

    public string Title => "Calibration set unlike the evaluation set";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        var quantizers = SeenQuantizer.Of(target);
        // One scale everywhere fits nowhere either, and has another cause.
        if (Uncalibrated.OfOneScale(quantizers) is not null)
            yield break;
        var used = quantizers.Where(q => q.IsPerTensor).Select(q => q.UsedShare).OfType<double>().ToList();
        int narrow = used.Count(u => u < Narrow), beyond = used.Count(u => u > Beyond);
        if (used.Count < LeastQuantizers || Math.Max(narrow, beyond) < LeastShare * used.Count)
            yield break;
        bool wide = narrow > beyond;
        double share = (double)Math.Max(narrow, beyond) / used.Count;
        yield return target.Find(this, Certainty.Certain, null, null,
            FormattableString.Invariant($"at {Math.Max(narrow, beyond)} of {used.Count} quantizers the values seen {(wide ? $"take up less than {Narrow:P0} of" : $"reach beyond {Beyond:P0} of")} the calibrated range (median {used.Order().ElementAt(used.Count / 2):P0})"),
            [new("quantizers whose range does not fit", share, "fraction", LeastShare)],
            "Calibrate with some tens of images from where the evaluated ones come from, through the same preprocessing.", 1);
    }
}
