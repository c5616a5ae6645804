using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>NVIDIA TensorRT, targets.md section 2: explicit Q/DQ, implicit calibration (up to TensorRT 10.16), and the engines that quantize nothing.</summary>
internal static class TensorRtProfiles
{
    private static readonly ImmutableArray<string> Sources =
    [
        "NVIDIA/TensorRT a892d22: include/NvInfer.h (IQuantizeLayer, IDequantizeLayer)",
        "NVIDIA TensorRT developer guide: working with quantized types",
        "NVIDIA/TensorRT issues 1992 (residual Add), 3009 (ties by kernel size)",
    ];

    private static readonly CostWeights Cost = new(4, 2, 1, "peak rates of tensor cores, int8 : half : TF32 = 4 : 2 : 1 [K]");

    private static readonly CompilerRules Compiler = CompilerRules.AsWritten with
    {
        Limits = [new OperatorLimit(["TopK"], LimitedProperty.Count, 1, 3840, BeyondLimit.Refused, "NvInfer.h v8.6.1 to v11.1: K at most 3840 [V]")],
    };

    /// <summary>Weights ±127: pytorch-quantization's narrow range and TensorRT's own weights; activations saturate at -128.</summary>
    public static TargetProfile Explicit { get; } = new()
    {
        Name = "tensorrt",
        Summary = "TensorRT, explicit Q/DQ: symmetric int8, weights per channel, activations per tensor",
        Sources = Sources,
        Float = FloatPrecision.Float32,
        Quantization = new QuantizationRules
        {
            Activations = new NumberFormat
            {
                Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Float,
                CodeLow = -128, CodeHigh = 127, Rounding = Rounding.HalfToEven,
            },
            Weights = new NumberFormat
            {
                Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerChannel, Scale = ScaleForm.Float,
                CodeLow = -127, CodeHigh = 127, Rounding = Rounding.HalfToEven,
            },
            Bias = BiasRule.Float,
            Requantization = new Requantization(MultiplierForm.Float32, Rounding.HalfToEven, 32),
            Placement = PairPlacement.OperatorInputs,
            Result = FloatPrecision.Float32,
            Operators = [.. OperatorRule.Each(OperatorRole.Weighted, "Conv", "ConvTranspose", "Gemm", "MatMul"), new OperatorRule("Add", OperatorRole.Residual)],
            Fusions = [new FusionRule(["Conv", "Gemm"], ["Relu"])],
        },
        Cost = Cost,
        Compiler = Compiler,
        Exactness =
        [
            new ExactnessClaim(["QuantizeLinear", "DequantizeLinear"], Exactness.Exact, "half to even, clamp to [-128, 127]", "NvInfer.h v11.1 [V]"),
            new ExactnessClaim(["Conv", "ConvTranspose", "Gemm", "MatMul", "Add"], Exactness.Lsb(1), "int32 sum, float32 epilogue whose order follows the tactic", "developer guide: not bit-identical [V]; issue 3009 [3P]"),
            new ExactnessClaim(["MaxPool", "Reshape", "Transpose", "Slice", "Concat"], Exactness.Exact, "Q and DQ commute with them", "developer guide: Q/DQ propagation [V]"),
            new ExactnessClaim(["*"], Exactness.Relative(1e-3), "float32 or TF32 by tactic", "developer guide [V]"),
        ],
        Unknowns =
        [
            "Bias: float32 in the epilogue is inferred; no public text states it.",
            "Scale amax/127: from calibration caches, not stated by the vendor.",
            "Operators other than those quantized here run in float32; an engine may choose float16 for them.",
        ],
    };

    public static TargetProfile Implicit { get; } = Explicit with
    {
        Name = "tensorrt-implicit",
        Summary = "TensorRT up to 10.16, calibrated by the builder or by dynamic ranges: weights rounded half up",
        Sources = [.. Sources, "NVIDIA/TensorRT v8.6.1 to v10.16: IInt8Calibrator, setDynamicRange", "developer guide: quantized types rounding modes"],
        Quantization = Explicit.Quantization! with
        {
            Weights = Explicit.Quantization!.Weights with { Rounding = Rounding.HalfUp },
        },
        Exactness =
        [
            new ExactnessClaim(["weights"], Exactness.Exact, "max-abs per output channel, ties to +infinity", "developer guide: rounding modes [V]"),
            .. Explicit.Exactness.RemoveAt(3),
            new ExactnessClaim(["*"], Exactness.Unknown, "the builder chooses int8, half or float32 layer by layer for speed", "developer guide: implicit quantization [V]"),
        ],
        Flags =
        [
            new ProfileFlag("tie-rule", "where ties of weights go: the GPU's table or DLA's",
                [new FlagChoice("half-up"), FlagChoice.Of("half-away", r => r with { Weights = r.Weights with { Rounding = Rounding.HalfAwayFromZero } })],
                "developer guide: rounding modes; DLA's row differs between versions [V]"),
        ],
        Unknowns =
        [
            "Which layers the builder runs in int8: here the weighted ones and the residual Add, as with explicit Q/DQ.",
            "Whether concatenated tensors share a scale: only under legacy rules.",
            .. Explicit.Unknowns.RemoveAt(2),
        ],
    };

    public static TargetProfile Float32 { get; } = new()
    {
        Name = "tensorrt-fp32",
        Summary = "TensorRT engine in float32: batch norms folded, nothing quantized",
        Sources = Sources,
        Float = FloatPrecision.Float32,
        Quantization = null,
        Cost = Cost,
        Compiler = Compiler,
        Exactness = [new ExactnessClaim(["*"], Exactness.Relative(1e-5), "with --noTF32; about 1e-3 with TF32", "developer guide [V]")],
        Unknowns = ["Whether TF32 is on is the engine builder's setting; this emulates it off."],
    };

    public static TargetProfile Float16 { get; } = new()
    {
        Name = "tensorrt-fp16",
        Summary = "TensorRT engine in float16: weights and every operator's result rounded to half, sums in float32",
        Sources = Sources,
        Float = FloatPrecision.Float16,
        Quantization = null,
        Cost = Cost,
        Compiler = Compiler,
        Exactness = [new ExactnessClaim(["*"], Exactness.Relative(1e-3), "one half rounding an operator; the engine keeps float32 where it fuses", "developer guide: reduced precision [V]")],
        Unknowns = ["Accumulation in float32 is assumed; some tactics accumulate in float16.", "Fused operators round once on the chip and after each operator here."],
    };
}
