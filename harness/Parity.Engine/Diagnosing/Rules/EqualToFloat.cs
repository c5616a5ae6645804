using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>A quantized target that answers exactly as the float model: its quantizers are off, or the comparison is with itself.</summary>
internal sealed class EqualToFloat : IRule
{
    /// <summary>100 dB of most tensors: more than 16 bits give, and float32 computed in another order stays far below it.</summary>
    private const double FloatNmse = 1e-10;

    /// <summary>Of those few in which float32 cancels.</summary>
    private const double CancelledNmse = 1e-6;

    public string Id => "equal-to-float";

    public string Title => "Outputs equal to float";

    public IEnumerable<Finding> Look(TargetCase target)
    {
        if (target.Profile.Quantization is null && target.Target.Qdq.IsEmpty)
            yield break;
        double share = target.Target.QuantizedMacShare ?? 0;
        var layers = target.Target.Probe?.Layers ?? [];
        var errors = layers.Where(l => l.State != DivergenceState.Empty).Select(l => l.State == DivergenceState.Exact ? 0 : l.Nmse.Median ?? double.PositiveInfinity).Order().ToList();
        bool exact = target.Target.EqualsReference || (errors.Count > 0 && errors[errors.Count / 2] <= FloatNmse && errors[^1] <= CancelledNmse);

        if (exact)
        {
            yield return target.Find(this, Certainty.Certain, null, null, $"every tensor compared equals the reference's, up to float rounding, though {share:P0} of the multiply-accumulates should be quantized",
                [new("layers equal bit for bit", layers.Count(l => l.State == DivergenceState.Exact), "")],
                "Look whether the exported model is in its calibration state (observers on, fake quantization off), or whether the target was given the float model.", 1);
        }
        else if (target.Target.QuantizedMacShare == 0 || (target.Target.QuantizedMacShare is null && target.Target.Qdq.IsEmpty))
        {
            yield return target.Find(this, Certainty.Certain, null, null, "no multiply-accumulate of the target's model is quantized",
                [new("quantized multiply-accumulates", 0, "fraction")], "Give the quantized model, or take fewer layers out of quantization.", 1);
        }
    }
}
