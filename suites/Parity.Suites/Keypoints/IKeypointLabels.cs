using System.Collections.Immutable;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>Ground truth that a dataset must offer for keypoints. Safe to read from several threads.</summary>
public interface IKeypointLabels : IBoxLabels
{
    /// <summary>Null where the dataset has no joints.</summary>
    Skeleton? Skeleton { get; }

    /// <summary>One list of all the skeleton's joints for each of <see cref="IBoxLabels.LabelsOf"/>, in its order.</summary>
    IReadOnlyList<ImmutableArray<JointLabel>> JointsOf(string sampleId);
}
