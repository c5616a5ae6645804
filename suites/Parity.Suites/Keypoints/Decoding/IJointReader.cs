using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Keypoints;

/// <summary>Reads the joints of boxes out of a model's outputs. Stateless; may be called from several threads.</summary>
public interface IJointReader
{
    /// <param name="boxes">Which boxes, as the box decoder counts them without classes.</param>
    /// <returns>For each box its joints, in pixels of the picture.</returns>
    /// <exception cref="FaultException">NaN or infinity in an output, or a joint that is infinite when decoded.</exception>
    ImmutableArray<ImmutableArray<JointPoint>> Read(IReadOnlyDictionary<string, Tensor> outputs, Sample sample, Placement placement, IReadOnlyList<int> boxes);
}
