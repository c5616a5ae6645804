using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Keypoints;

/// <summary>From a model's outputs to instances with joints. Stateless; may be called from several threads.</summary>
public interface IPoseStage
{
    /// <summary>Adds a fault for each way in which outputs do not fit.</summary>
    void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults);

    /// <exception cref="FaultException">NaN or infinity in an output; an output that is missing or of a wrong shape.</exception>
    PosePrediction Decode(IReadOnlyDictionary<string, Tensor> outputs, Sample sample, Placement placement, bool explain);
}
