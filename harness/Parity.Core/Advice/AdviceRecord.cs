using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>The whole of <c>advice.json</c>: which layers a target loses its points in, and what brings them back. Same inputs give the same bytes apart from <see cref="Search"/>'s CPU time.</summary>
/// <param name="Plan">Patterns to write into the suite; null when no set of layers passes on the searched samples.</param>
/// <param name="Remedies">Other ways, each by itself, on the searched samples; the first is the target as it is.</param>
/// <param name="Verification">Null without a plan.</param>
public sealed record AdviceRecord(
    int Schema, string Suite, string SuiteSha256, string Target, SearchRecord Search, ImmutableArray<SensitivityRecord> Layers,
    PlanRecord? Plan, ImmutableArray<RemedyRecord> Remedies, VerificationRecord? Verification)
{
    public const int CurrentSchema = 2;
}

/// <summary>How the layers were searched.</summary>
/// <param name="Probes">Samples of the cheap figure, <see cref="SensitivityRecord.OnlyThisError"/>.</param>
/// <param name="Samples">Samples of the metric; the probes are the first of them.</param>
/// <param name="Metric">Measurement that was looked at.</param>
/// <param name="Goal">What a set of layers had to fulfil.</param>
/// <param name="Models">Models that were made, opened and run.</param>
/// <param name="OnlyThis">Whether the cheap figure can be believed: that of a layer alone quantized beside the metric.</param>
/// <param name="AllButThis">Likewise with the layer alone in float.</param>
/// <param name="CpuSeconds">Of the whole process from the prepared model to the plan.</param>
public sealed record SearchRecord(
    int Probes, int Samples, string Metric, string Goal, int Models, RankRecord OnlyThis, RankRecord AllButThis, double CpuSeconds);

/// <summary>Spearman's rank correlation of cheap figure and metric over layers.</summary>
/// <param name="Correlation">-1 to 1; null without a value.</param>
/// <param name="Layers">Whose metric was measured.</param>
/// <param name="BeyondNoise">Over those alone whose metric changes by more than two of its standard errors: the others' order by the metric is mostly chance.</param>
public sealed record RankRecord(double? Correlation, int Layers, double? BeyondNoise, int LayersBeyondNoise);

/// <summary>What one layer does to the target's outputs, from both sides.</summary>
/// <param name="Layer">Node of the float model, as plans name it.</param>
/// <param name="OnlyThisError">How far the predictions are from float's with this layer alone quantized, 0 the same to 1 nothing alike: the task's metric with float's predictions for the truth, taken from 1.</param>
/// <param name="AllButThisError">Likewise with this layer alone in float.</param>
/// <param name="OnlyThisDrop">Points (fractions of 1) that the metric drops with this layer alone quantized; null where not measured.</param>
/// <param name="OnlyThisNoise">Its standard error.</param>
/// <param name="AllButThisGain">Points that the metric wins with this layer alone in float.</param>
/// <param name="AllButThisNoise">Its standard error.</param>
/// <param name="Cost">What keeping it in float adds to the model's cost in the target's format, which is 1; null where the target's weights do not tell.</param>
/// <param name="Together">
/// How many layers the two errors are of, and the cost is shared by: 1, or in a long model more neighbours that were switched together and harm too little to be looked at one by one.
/// </param>
public sealed record SensitivityRecord(
    string Layer, string OpType, double OnlyThisError, double AllButThisError, double? OnlyThisDrop, double? OnlyThisNoise,
    double? AllButThisGain, double? AllButThisNoise, double? Cost, int Together);

/// <summary>One way to win points back.</summary>
/// <param name="Drop">On the searched samples; null where it does not apply.</param>
/// <param name="Cost">Of the whole model against all of it in the target's format; null where not known.</param>
/// <param name="Missing">Why it does not apply; null when it was measured.</param>
public sealed record RemedyRecord(string Remedy, string Detail, DropRecord? Drop, double? Cost, string? Missing);

/// <summary>A full run on images that the search did not see.</summary>
/// <param name="Searched">Samples that the search used, none of them among <paramref name="Samples"/>.</param>
/// <param name="Calibration">Samples that the ranges come from, none of them among either.</param>
/// <param name="AsIs">The target before.</param>
/// <param name="Planned">The target with the plan.</param>
public sealed record VerificationRecord(
    int Samples, int Searched, int Calibration, DropRecord AsIs, DropRecord Planned, double? QuantizedMacShare, Verdict Verdict, ImmutableArray<ClauseRecord> Clauses);
