using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;

namespace Parity.Suites.InstanceMasks;

/// <summary>Ground truth that a dataset must offer for instance masks. Safe to use from several threads.</summary>
public interface IMaskLabels : IBoxLabels
{
    bool HasMasks { get; }

    /// <summary>A mask of the picture's size for each of <see cref="IBoxLabels.LabelsOf"/>, in its order.</summary>
    /// <exception cref="FaultException">A mask is missing, malformed or of another size than its picture.</exception>
    IReadOnlyList<MaskRuns> MasksOf(string sampleId);
}
