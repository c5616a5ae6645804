using System.Collections.Immutable;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>The float model with every quantized layer beside it, each fed the float model's own tensors.</summary>
/// <param name="Model">One run of it gives all layers of a sample.</param>
/// <param name="Layers">In the order of the layer map.</param>
public sealed record ShadowModel(OnnxModel Model, ImmutableArray<ShadowLayer> Layers);

/// <summary>The operators between one matched tensor and the matched tensors before it.</summary>
/// <param name="Reference">The float model's tensor.</param>
/// <param name="Target">The lowered model's tensor.</param>
/// <param name="Inputs">The float model's tensors that the layer is fed, in the order in which it reads them; the model's inputs among them.</param>
/// <param name="Isolated">Tensor of the shadow model: the layer as the target has it, fed the reference.</param>
/// <param name="WeightsOnly">As <paramref name="Isolated"/>, but activations stay float and only constants are those of the target; null where the layer has no quantized constant.</param>
public sealed record ShadowLayer(string Reference, string Target, ImmutableArray<string> Inputs, string Isolated, string? WeightsOnly);
