using System.Collections.Immutable;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>One image with its truth and what was detected in it.</summary>
/// <param name="Joints">Of each label, in their order.</param>
/// <param name="Poses">In any order of scores; among equal scores the order decides, as in a results file.</param>
public sealed record PoseSample(string Id, IReadOnlyList<BoxLabel> Labels, IReadOnlyList<ImmutableArray<JointLabel>> Joints, ImmutableArray<DetectedPose> Poses);
