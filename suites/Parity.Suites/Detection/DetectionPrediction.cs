using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>The boxes found in one sample, by descending score.</summary>
/// <param name="Counts">"candidates", "topk.cut", "nms.suppressed", "limit.cut", "kept": the first is the sum of the others.</param>
public sealed record DetectionPrediction(
    string SampleId, ImmutableArray<DetectedBox> Boxes, ImmutableSortedDictionary<string, int> Counts)
    : Prediction(SampleId, Counts);
