using System.Collections.Immutable;

namespace Parity.Suites.Coco;

/// <summary>How far annotators scatter at each keypoint, in units of the object's size: the constants of COCO's keypoint similarity.</summary>
public static class KeypointSigmas
{
    /// <summary>The 17 keypoints of COCO's persons (cocodataset.org, "Keypoint Evaluation"), nose to ankles.</summary>
    public static ImmutableArray<double> Coco { get; } =
        [.. new[] { .26, .25, .25, .35, .35, .79, .79, .72, .72, .62, .62, 1.07, 1.07, .87, .87, .89, .89 }.Select(s => s / 10.0)];
}
