using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Reports.Tests;

/// <summary>What rules and an earlier run may add to the rich record.</summary>
public static class RichFindings
{
    public static ImmutableArray<Finding> Of(string target)
    {
        Experiment swap = Experiment.InFloat(target, RichRecord.Script);
        var gain = new DropRecord("bbox/AP", "fraction", 0.2104, 0.3011, -0.0907, -0.1012, -0.0801, 0.005, 126);
        return
        [
            new Finding("range-too-wide", target, Certainty.Likely, $"{RichRecord.Script}_QuantizeLinear", RichRecord.Script, "Uses 32 of 256 codes, <b>12.5 %</b>.",
                [new Evidence("codes used", 0.125, "of all", 0.25), new Evidence("kurtosis", null, "")], "Calibrate by percentile.", 0.4, swap, new ExperimentRecord(swap, 126, gain, null)),
            new Finding("unsupported-operator", target, Certainty.Hint, "backbone.dark2", null, "Concat runs on the host.", [], "Use another operator.", 0.1, Experiment.InFloat(target, "backbone.dark2")),
            new Finding("metric-noise", target, Certainty.Certain, null, null, "The drop is inside the noise floor.", [], "Take more images.", 0),
        ];
    }

    public static ComparisonRecord Comparison(RunRecord run) => new(
        "before <i>it</i>", "2026-02-01T12:00:00Z", "parity 0.0.9", ["the tool: parity 0.0.9 before, parity 0.1.0 now"],
        [
            new TargetComparison(run.Targets[0].Name, RunChange.Better,
                [new ClauseComparison("bbox/AP drop <= 1.0 points", Verdict.Fail, Verdict.Pass), new ClauseComparison("bbox/AP >= 0.30", null, Verdict.Pass), new ClauseComparison("old", Verdict.Pass, null)],
                [new ValueComparison("bbox/AP", "fraction", 0.32, 0.3371, 0.0171, RunChange.Better), new ValueComparison("latency", "ms", null, 8.4375, null, RunChange.New)],
                [
                    new ValueComparison("backbone.stem.conv", "dB", 44, 41.25, -2.75, RunChange.Worse), new ValueComparison(RichRecord.Script, "dB", null, 17.5, null, RunChange.New),
                    new ValueComparison("head.old", "dB", 20, null, null, RunChange.Gone), new ValueComparison("head.nan", "dB", null, null, null, RunChange.Unknown),
                ]),
            new TargetComparison(RichRecord.Script, RunChange.New, [], [], []),
            new TargetComparison("mlu220", RunChange.Gone, [], [], []),
        ]);
}
