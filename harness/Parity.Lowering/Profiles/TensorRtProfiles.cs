using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>NVIDIA TensorRT, targets.md section 2: explicit Q/DQ, and the engines that quantize nothing.</summary>
internal static class TensorRtProfiles
{
    private static readonly ImmutableArray<string> Sources =
    [
        "NVIDIA/TensorRT a892d22: include/NvInfer.h (IQuantizeLayer, IDequantizeLayer)",
        "NVIDIA TensorRT developer guide: working with quantized types",
        "NVIDIA/TensorRT issues 1992 (residual Add), 3009 (ties by kernel size)",
    ];

    private static readonly CompilerRules Compiler = CompilerRules.AsWritten with
    {
        Limits = [new OperatorLimit(["TopK"], LimitedProperty.Count, 1, 3840, BeyondLimit.Refused, "NvInfer.h v8.6.1 to v11.1: K at most 3840 [V]")],
    };

    /// <summary>Weights ±127: pytorch-quantization's narrow range and TensorRT's own weights; activations saturate at -128.</summary>
    public static TargetProfile Explicit { get; } = new(
        "tensorrt",
        "TensorRT, explicit Q/DQ: symmetric int8, weights per channel, activations per tensor",
        Sources,
        FloatPrecision.Float32,
        new QuantizationRules(
            new NumberFormat(ElementType.Int8, ScaleRule.AbsoluteMaximum, Granularity.PerTensor, -128, 127, Rounding.HalfToEven, ZeroPointPlacement.AfterRounding),
            new NumberFormat(ElementType.Int8, ScaleRule.AbsoluteMaximum, Granularity.PerChannel, -127, 127, Rounding.HalfToEven, ZeroPointPlacement.AfterRounding),
            BiasRule.Float,
            PairPlacement.OperatorInputs,
            [
                new OperatorRule("Conv", OperatorRole.Weighted),
                new OperatorRule("ConvTranspose", OperatorRole.Weighted),
                new OperatorRule("Gemm", OperatorRole.Weighted),
                new OperatorRule("MatMul", OperatorRole.Weighted),
                new OperatorRule("Add", OperatorRole.Residual),
            ],
            [new FusionRule(["Conv", "Gemm"], ["Relu"])]),
        [
            new ExactnessClaim(["QuantizeLinear", "DequantizeLinear"], "Exact: half to even, clamp to [-128, 127]", "NvInfer.h v11.1 [V]"),
            new ExactnessClaim(["Conv", "ConvTranspose", "Gemm", "MatMul", "Add"], "Lsb(1) per requantization: int32 sum, float32 epilogue whose order follows the tactic", "developer guide: not bit-identical [V]; issue 3009 [3P]"),
            new ExactnessClaim(["MaxPool", "Reshape", "Transpose", "Slice", "Concat"], "Exact: Q and DQ commute with them", "developer guide: Q/DQ propagation [V]"),
            new ExactnessClaim(["*"], "Relative(1e-3): float32 or TF32 by tactic", "developer guide [V]"),
        ],
        [
            "Bias: float32 in the epilogue is inferred; no public text states it.",
            "Scale amax/127: from calibration caches, not stated by the vendor.",
            "Operators other than those quantized here run in float32; an engine may choose float16 for them.",
        ])
    {
        Compiler = Compiler,
    };

    public static TargetProfile Float32 { get; } = new(
        "tensorrt-fp32",
        "TensorRT engine in float32: batch norms folded, nothing quantized",
        Sources,
        FloatPrecision.Float32,
        null,
        [new ExactnessClaim(["*"], "Relative(1e-5) with --noTF32; about 1e-3 with TF32", "developer guide [V]")],
        ["Whether TF32 is on is the engine builder's setting; this emulates it off."])
    {
        Compiler = Compiler,
    };

    public static TargetProfile Float16 { get; } = new(
        "tensorrt-fp16",
        "TensorRT engine in float16: weights and every operator's result rounded to half, sums in float32",
        Sources,
        FloatPrecision.Float16,
        null,
        [new ExactnessClaim(["*"], "Relative(1e-3): one half rounding an operator; the engine keeps float32 where it fuses", "developer guide: reduced precision [V]")],
        ["Accumulation in float32 is assumed; some tactics accumulate in float16.", "Fused operators round once on the chip and after each operator here."])
    {
        Compiler = Compiler,
    };
}
