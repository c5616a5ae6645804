using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>A model's raw outputs to candidates. Stateless; may be called from several threads.</summary>
public interface IBoxDecoder
{
    /// <summary>The value of the setting <c>decoder.kind</c>.</summary>
    string Kind { get; }

    /// <summary>The model has already suppressed overlaps, so that no NMS follows.</summary>
    bool EndsInNms { get; }

    /// <summary>Adds a fault for each way in which outputs do not fit.</summary>
    /// <param name="classes">Number of classes that the suite maps to categories.</param>
    void CheckOutputs(ImmutableArray<TensorPort> outputs, int classes, string model, FaultList faults);

    /// <summary>Adds every candidate that scores above the threshold, in ascending order of its index, in pixels of the model's input.</summary>
    /// <exception cref="FaultException">NaN, infinity or a score out of range in an output; an output that is missing or of a wrong shape.</exception>
    void Decode(IReadOnlyDictionary<string, Tensor> outputs, DecodeRequest request, Candidates candidates);
}
