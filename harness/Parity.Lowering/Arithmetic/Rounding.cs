namespace Parity.Lowering;

/// <summary>Where a tie goes, and what is not rounded to nearest; names and meaning as in targets.md section 1.</summary>
public enum Rounding
{
    /// <summary>Nearest, ties to even: ONNX, TensorRT's Q layer, CUDA's __float2int_rn, mlu-ops from arch 372.</summary>
    HalfToEven,

    /// <summary>Nearest, ties away from zero: C's roundf, MLU200, NVDLA's convertor.</summary>
    HalfAwayFromZero,

    /// <summary>Nearest, ties toward plus infinity: TensorRT's weights under implicit calibration.</summary>
    HalfUp,

    /// <summary>The fraction is dropped.</summary>
    TowardZero,

    /// <summary>VeriSilicon's vsi_rint: half to even within 1e-8 of a tie, else floor(|x| + 0.5) in float32, by which 0.49999997 is 1.</summary>
    VeriSiliconRint,
}
