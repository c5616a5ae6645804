using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Ranges;
using Parity.Lowering;

namespace Parity.Engine.Suites;

/// <summary>What a suite says of a target's calibration.</summary>
public static class CalibrationSection
{
    /// <summary>One of <paramref name="known"/>; a vendor's closed mode is a mistake that says what is known of it.</summary>
    public static string Calibrator(Settings section, string key, ImmutableArray<string> known)
    {
        string where = section.Entries.TryGetValue(key, out SettingsValue? value) ? value.Where : section.Where;
        if (value?.Text is { } name && Calibrators.Closed.Any(c => c.Name == name.ToLowerInvariant()))
        {
            Calibrators.Check(section.Text(key), 100, 1, where, section.Faults);
            return known[0];
        }
        return section.Choice(key, known, known[0]);
    }

    /// <param name="root">Where relative paths lead.</param>
    public static CalibrationOptions Read(Settings section, string root, ImmutableArray<string> calibrators)
    {
        CalibrationOptions usual = CalibrationOptions.Default;
        string weights = Calibrator(section, "weights-calibrator", calibrators);
        double constant = section.Number("averaging-constant", usual.AveragingConstant, least: 1e-6, most: 1);
        bool adaRound = section.Choice("weights-rounding", ["nearest", "adaround"], "nearest") == "adaround";
        Settings rounding = section.Section("adaround", required: false);
        AdaRoundOptions usualRounding = AdaRoundOptions.Default;
        var options = new AdaRoundOptions(
            rounding.Integer("iterations", usualRounding.Iterations, least: 1, most: 100_000),
            rounding.Integer("samples", usualRounding.Samples, least: 16, most: 65_536),
            (ulong)rounding.Integer("seed", (int)usualRounding.Seed, least: 0));
        rounding.RejectUnknown();
        if (section.Has("adaround") && !adaRound)
            section.Faults.Add("'adaround' is set up but not asked for", section.Entries["adaround"].Where, "Add 'weights-rounding: adaround', or take the section out.");
        RangeTable? ranges = section.Has("ranges") && section.Text("ranges") is { Length: > 0 } file
            ? section.Faults.Catch(() => RangeFile.Read(Path.Combine(root, file)))
            : null;
        return new CalibrationOptions(weights, constant, adaRound ? options : null, ranges);
    }
}
