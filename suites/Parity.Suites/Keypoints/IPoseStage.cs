using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>From a model's outputs to instances with joints. Stateless; may be called from several threads.</summary>
public interface IPoseStage
{
    /// <summary>Adds a fault for each way in which outputs do not fit.</summary>
    void CheckOutputs(ImmutableArray<TensorPort> outputs, string model, FaultList faults);

    /// <summary>As <see cref="ITask.Regions"/>.</summary>
    ImmutableArray<PictureRegion>? Regions(Sample sample);

    /// <exception cref="FaultException">NaN or infinity in an output; an output that is missing or of a wrong shape.</exception>
    PosePrediction Decode(ImmutableArray<ModelRun> runs, Sample sample, bool explain);

    /// <summary>As <see cref="ITask.Compare"/>.</summary>
    PredictionComparison Compare(PosePrediction reference, PosePrediction target, ImmutableArray<BoxCategory> categories);
}
