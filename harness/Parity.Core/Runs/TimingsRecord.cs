using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>Where time went: the only part of <c>run.json</c> that two equal runs do not share. Seconds, summed over samples unless said otherwise.</summary>
/// <param name="MeasureWall">Wall clock of the loop over samples, in which image work overlaps Run.</param>
/// <param name="Run">Summed Run by session: "reference" and each target's name.</param>
/// <param name="Lower">Calibration included.</param>
/// <param name="Probe">Tapped runs of probe samples and their comparison.</param>
/// <param name="FromCache">Targets whose model was prepared by an earlier run on the same inputs; null in records from before there was a cache.</param>
/// <param name="TotalWall">Wall clock of the whole command.</param>
public sealed record TimingsRecord(
    string StartedUtc,
    double DecodeImages,
    double Preprocess,
    ImmutableSortedDictionary<string, double> Run,
    double DecodeOutputs,
    double Metrics,
    double Lower,
    double OpenSessions,
    double Probe,
    double MeasureWall,
    double TotalWall,
    int SamplesMeasured,
    int SamplesResumed,
    ImmutableArray<string>? FromCache = null)
{
    /// <summary>The command as it was typed, by which to repeat the run; equal runs may be started in many ways, so it stands here. Null when it was not a command.</summary>
    public string? Command { get; init; }
}
