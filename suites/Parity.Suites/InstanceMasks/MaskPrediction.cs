using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;

namespace Parity.Suites.InstanceMasks;

/// <summary>The instances found in one sample, by descending score.</summary>
/// <param name="Counts">Of the stages, as <see cref="DetectionPrediction"/> has them.</param>
public sealed record MaskPrediction(
    string SampleId, ImmutableArray<DetectedMask> Instances, ImmutableSortedDictionary<string, int> Counts)
    : Prediction(SampleId, Counts);

/// <param name="Box">Its score is the instance's.</param>
/// <param name="Mask">Of the picture's size.</param>
public sealed record DetectedMask(DetectedBox Box, MaskRuns Mask);

/// <summary>One image with its truth and what was detected in it.</summary>
/// <param name="Masks">Of each label, in their order.</param>
/// <param name="Instances">In any order of scores; among equal scores the order decides, as in a results file.</param>
public sealed record MaskSample(string Id, IReadOnlyList<BoxLabel> Labels, IReadOnlyList<MaskRuns> Masks, ImmutableArray<DetectedMask> Instances);
