using Parity.Core;
using Parity.Lowering;
using Parity.Onnx;

namespace Parity.Engine.Diagnosing;

/// <summary>Everything a rule may look at of one target.</summary>
/// <param name="Model">The target's lowered model.</param>
/// <param name="Reference">What its layers compare with: the float model, or a ready model's twin; null when the run folder no longer leads to it.</param>
/// <param name="Map">From the reference's tensors to the target's.</param>
public sealed record TargetCase(RunRecord Run, TargetRecord Target, TargetProfile Profile, OnnxModel Model, OnnxModel? Reference, LayerMap Map);
