using System.Collections.Immutable;

namespace Parity.Suites.Keypoints;

/// <summary>The joints of a category in the order of labels and outputs.</summary>
/// <param name="Limbs">Pairs of joint indices, from 0, for drawing.</param>
public sealed record Skeleton(ImmutableArray<string> Joints, ImmutableArray<(int From, int To)> Limbs)
{
    /// <summary>COCO's tolerances of the seventeen joints of a person (cocodataset.org, keypoints evaluation).</summary>
    public static ImmutableArray<double> Coco17Sigmas { get; } =
        [.026, .025, .025, .035, .035, .079, .079, .072, .072, .062, .062, .107, .107, .087, .087, .089, .089];
}
