using System.Collections.Immutable;

namespace Parity.Suites.Keypoints;

/// <summary>The joints of a category in the order of labels and outputs.</summary>
/// <param name="Limbs">Pairs of joint indices, from 0, for drawing.</param>
public sealed record Skeleton(ImmutableArray<string> Joints, ImmutableArray<(int From, int To)> Limbs);
