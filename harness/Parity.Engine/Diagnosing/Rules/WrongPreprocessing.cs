using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>
/// A float reference that is no good at all: was it trained on inputs prepared otherwise? Only trying tells, so this asks for the usual guesses and speaks up again
/// where one of them wins.
/// </summary>
internal sealed class WrongPreprocessing : IRule
{
    /// <summary>Of a headline that is a fraction and better when higher: below it the reference may as well be guessing.</summary>
    private const double LowHeadline = 0.1;
    private const double LeastGain = 0.05;

    public string Id => "wrong-preprocessing";

    public string Title => "Wrong preprocessing";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        if (target.Run.Reference.Input is not { } input || target.Run.Reference.Measurements.FirstOrDefault() is not { Direction: Direction.HigherIsBetter, Unit: "fraction", Value: { } headline } measurement)
            return [];
        var tried = (target.Target.Experiments ?? []).Where(e => e.Experiment.Target == "reference" && e.Gain?.Drop is not null).ToList();
        if (tried.Count == 0)
        {
            return headline >= LowHeadline ? [] : Guesses(input).Select(guess => target.Find(this, Certainty.Hint, null, null,
                string.Create(CultureInfo.InvariantCulture, $"{measurement.Name} of the float reference is only {headline:0.000}: {guess.What} may be what it was trained on"),
                [new(measurement.Name, headline, measurement.Unit, LowHeadline)], "Compare the suite's preprocessing with the training code, or let the run try: `experiments: 5`.", 0, guess));
        }
        ExperimentRecord best = tried.MinBy(e => e.Gain!.Drop)!;
        return -best.Gain!.Drop < LeastGain ? [] :
        [
            target.Find(this, Certainty.Likely, null, null,
                string.Create(CultureInfo.InvariantCulture, $"with {best.Experiment.What} {best.Gain.Name} of the float reference is {best.Gain.Target:0.000} in place of {best.Gain.Reference:0.000} on {best.Samples} samples"),
                [new("gain", -best.Gain.Drop, best.Gain.Unit, LeastGain)], $"Write into the suite's preprocessing: {string.Join(", ", best.Experiment.Preprocessing.Select(p => $"{p.Key}: {p.Value}"))}.", 1, best.Experiment),
        ];
    }

    private static IEnumerable<Experiment> Guesses(InputContract input)
    {
        string other = input.Color == ColorOrder.Bgr ? "rgb" : "bgr", scaled = input.Scale == 1 ? "1/255" : "1";
        yield return Of($"{other} channels", ("color", other));
        yield return Of($"scale {scaled}", ("scale", scaled), ("mean", "[0, 0, 0]"), ("std", "[1, 1, 1]"));
        yield return Of($"{other} channels and scale {scaled}", ("color", other), ("scale", scaled), ("mean", "[0, 0, 0]"), ("std", "[1, 1, 1]"));
        yield return Of("ImageNet's mean and std, rgb", ("color", "rgb"), ("scale", "1/255"), ("mean", "[0.485, 0.456, 0.406]"), ("std", "[0.229, 0.224, 0.225]"));
        yield return Of("pixels from -1 to 1", ("scale", "1/127.5"), ("mean", "[1, 1, 1]"), ("std", "[1, 1, 1]"));
    }

    private static Experiment Of(string what, params (string Key, string Value)[] changes) =>
        new(what, "reference", [], changes.ToImmutableSortedDictionary(c => c.Key, c => c.Value, StringComparer.Ordinal));
}
