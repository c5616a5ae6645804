using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>Ranges that do not fit the pictures, nor what follows from them anywhere in the network: the images of calibration were not like those evaluated.</summary>
internal sealed class CalibrationUnlike : IRule
{
    private const int LeastQuantizers = 4;
    private const double LeastShare = 0.4;

    /// <summary>Of the range, by what is seen at most: half of it, or half as much again.</summary>
    private const double Narrow = 0.5, Beyond = 1.5;

    /// <summary>Where the pictures themselves do not fit, few others need to agree: clamped activations and biases hide most of it.</summary>
    private const int LeastOthers = 2;
    private const double FitsFrom = 0.6, FitsTo = 1.15;

    private const string Remedy = "Calibrate with some tens of images from where the evaluated ones come from, through the same preprocessing.";

    public string Id => "calibration-unlike";

    public string Title => "Calibration set unlike the evaluation set";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        var quantizers = SeenQuantizer.Of(target);
        // One scale everywhere fits nowhere either, and has another cause.
        if (Uncalibrated.OfOneScale(quantizers) is not null)
            yield break;
        var seen = quantizers.Where(q => q.IsPerTensor && q.UsedShare is not null).ToList();
        if (seen.Count < LeastQuantizers)
            yield break;
        int narrow = seen.Count(q => q.UsedShare < Narrow), beyond = seen.Count(q => q.UsedShare > Beyond);
        double share = (double)Math.Max(narrow, beyond) / seen.Count;
        SeenQuantizer? pictures = seen.FirstOrDefault(q => q.Maker is null && q.UsedShare is < Narrow or > Beyond);
        int others = seen.Count(q => q != pictures && q.UsedShare is < FitsFrom or > FitsTo);
        if (share >= LeastShare)
        {
            yield return target.Find(this, Certainty.Certain, null, null,
                FormattableString.Invariant($"at {Math.Max(narrow, beyond)} of {seen.Count} quantizers the values seen {(narrow > beyond ? $"take up less than {Narrow:P0} of" : $"reach beyond {Beyond:P0} of")} the calibrated range (median {seen.Select(q => q.UsedShare).Order().ElementAt(seen.Count / 2):P0})"),
                [new("quantizers whose range does not fit", share, "fraction", LeastShare)], Remedy, 1);
        }
        else if (pictures is not null && others >= LeastOthers)
        {
            yield return target.Find(this, Certainty.Certain, null, null,
                FormattableString.Invariant($"the pictures take up {pictures.UsedShare:P0} of the range that was calibrated for them, and {others} of {seen.Count - 1} quantizers behind do not fit either"),
                [new("range used by the pictures", pictures.UsedShare, "fraction", pictures.UsedShare < 1 ? Narrow : Beyond), new("other quantizers that do not fit", others, "", LeastOthers)], Remedy, 1);
        }
    }
}
