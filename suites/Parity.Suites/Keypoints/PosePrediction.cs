using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>The instances found in one sample, by descending score.</summary>
/// <param name="Counts">Of the stages, as <see cref="DetectionPrediction"/> has them.</param>
public sealed record PosePrediction(
    string SampleId, ImmutableArray<DetectedPose> Poses, ImmutableSortedDictionary<string, int> Counts)
    : Prediction(SampleId, Counts);

/// <param name="Box">Its score is the instance's.</param>
/// <param name="Joints">All of the skeleton's, in its order.</param>
public sealed record DetectedPose(DetectedBox Box, ImmutableArray<JointPoint> Joints);
