using System.Collections.Immutable;
using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Runs a float model over the calibration inputs, always the same ones in the same order, one dictionary of tapped tensors and outputs per input. Two streams
/// are read side by side, so it must be lazy; the tensors of one input may be overwritten by the next one's. Taps may name inputs of the model: their values are what was fed.
/// </summary>
public delegate IEnumerable<IReadOnlyDictionary<string, Tensor>> ActivationStream(OnnxModel model, ImmutableArray<string> taps);
