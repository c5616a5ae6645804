namespace Parity.Lowering;

/// <summary>What a multiply-accumulate costs against one in the target's quantized format. An estimate from peak rates, no measurement.</summary>
/// <param name="Int16">Of a layer in 16-bit codes, where the target's format has 8.</param>
/// <param name="Source">With the evidence tag of targets.md.</param>
public sealed record CostWeights(double Float32, double Float16, double Int16, string Source)
{
    public double Of(FloatPrecision precision) => precision == FloatPrecision.Float16 ? Float16 : Float32;
}
