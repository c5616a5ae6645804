using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>Rockchip RK3588 (RKNN-Toolkit2, NVDLA-like core), targets.md section 4: w8a8, and everything in half.</summary>
internal static class Rk3588Profiles
{
    private const string OperatorList = "Compiler_Support_Operator_List 2.3.2, RK3588 [V]";

    private static readonly ImmutableArray<string> Sources =
    [
        "airockchip/rknn-toolkit2 59a913d: RKNN_Toolkit2 and RKNNRT manuals 2.3.2, Compiler_Support_Operator_List, RKNNToolKit2_OP_Support",
        "rockchip-linux/rknpu2 5adf7c1: API guide 1.5.2 section 4.4.2.2",
        "bminor/mesa-mesa 5b82965: rocket rkt_regcmd.c; nvdla/doc hw/v1/ias/precision.rst",
    ];

    private static readonly CostWeights Cost = new(50, 2, 2, "NPU cores: half as many fp16 and int16 as int8 multipliers [K]; float32 falls to the CPU [INF]");

    private static readonly ImmutableArray<OperatorLimit> Limits =
    [
        new OperatorLimit(["Conv"], LimitedProperty.Kernel, 1, 31, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["Conv"], LimitedProperty.Stride, 1, 7, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["Conv"], LimitedProperty.Pad, 0, 15, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["Conv"], LimitedProperty.Dilation, 1, 31, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["MaxPool", "AveragePool"], LimitedProperty.Kernel, 1, 7, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["MaxPool", "AveragePool"], LimitedProperty.Stride, 1, 8, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["MaxPool", "AveragePool"], LimitedProperty.Pad, 0, 7, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["MaxPool", "AveragePool"], LimitedProperty.Extent, 1, 8192, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["MaxPool", "AveragePool"], LimitedProperty.CeilMode, 0, 0, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["GlobalMaxPool", "GlobalAveragePool"], LimitedProperty.Extent, 1, 7, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["Resize"], LimitedProperty.ResizeMode, ["nearest", "linear"], BeyondLimit.Host, OperatorList),
        new OperatorLimit(["Resize"], LimitedProperty.UpsampleFactor, 2, 8, BeyondLimit.Host, OperatorList),
        new OperatorLimit(["TopK"], LimitedProperty.Count, 0, 0, BeyondLimit.Host, "compiler list: on the CPU without limit; loader table: not supported [V, conflict]"),
    ];

    private static readonly CompilerRules Compiler = new(
        FocusAsConvolution: true,
        HardSwishAsOne: false,
        // mean_values and std_values of the toolkit's config do this: the chip is fed pixels.
        InputNormalization: true,
        BatchNormForm.Kept,
        new PoolSplit(Largest: 7, Step: 5),
        Limits);

    public static TargetProfile Int8 { get; } = new()
    {
        Name = "rk3588",
        Summary = "Rockchip RK3588, w8a8: activations int8 asymmetric per tensor, weights int8 per channel, bias int32",
        Sources = Sources,
        Float = FloatPrecision.Float16,
        Quantization = new QuantizationRules
        {
            Activations = new NumberFormat
            {
                Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Asymmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Float,
                CodeLow = -128, CodeHigh = 127, Rounding = Rounding.HalfAwayFromZero, ZeroPoint = ZeroPointPlacement.AfterRounding,
            },
            Weights = new NumberFormat
            {
                Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerChannel, Scale = ScaleForm.Float,
                CodeLow = -128, CodeHigh = 127, Rounding = Rounding.HalfAwayFromZero,
            },
            Bias = BiasRule.Int32AtProduct,
            Requantization = new Requantization(MultiplierForm.Rocket, Rounding.HalfAwayFromZero, 34),
            Placement = PairPlacement.OperatorOutputs,
            Result = FloatPrecision.Float16,
            Operators =
            [
                .. OperatorRule.Each(OperatorRole.Weighted, "Conv", "ConvTranspose", "Gemm", "MatMul"),
                .. OperatorRule.OfAllInputs("Add", "Sub", "Mul", "Div", "Concat", "PRelu", "Max", "Min"),
                .. OperatorRule.Each(OperatorRole.Computed, "Relu", "Clip", "LeakyRelu", "Elu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus", "Mish"),
                .. OperatorRule.Each(OperatorRole.Computed, "BatchNormalization", "AveragePool", "GlobalAveragePool", "ReduceMean", "Pad"),
                .. OperatorRule.Resize,
                .. OperatorRule.Each(OperatorRole.Passive, "MaxPool", "GlobalMaxPool", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "Gather", "Expand", "Tile", "DepthToSpace", "SpaceToDepth"),
            ],
            Fusions =
            [
                new FusionRule(["Conv", "ConvTranspose"],
                    ["Relu", "Clip", "PRelu", "LeakyRelu", "Sigmoid", "Tanh", "Softplus", "HardSigmoid", "HardSwish", "Elu", "Mish", FusionRule.Silu, FusionRule.HardSwish], Add: true),
                new FusionRule(["Add", "Mul"], ["Relu"]),
            ],
        },
        Cost = Cost,
        Compiler = Compiler,
        Flags =
        [
            new ProfileFlag("tie-rule", "where ties go when reals become codes",
                [new FlagChoice("half-away"), FlagChoice.Of("half-even", r => r with
                {
                    Activations = r.Activations with { Rounding = Rounding.HalfToEven }, Weights = r.Weights with { Rounding = Rounding.HalfToEven },
                    Requantization = r.Requantization with { Rounding = Rounding.HalfToEven },
                })],
                "not stated by the vendor; NVDLA's convertor rounds half away [V-IP, by analogy]"),
            new ProfileFlag("weights", "quantized_method: a scale for each output channel, or one",
                [new FlagChoice("channel"), FlagChoice.Of("layer", r => r with { Weights = r.Weights with { Granularity = Granularity.PerTensor } })],
                "channel is the toolkit's default [V]"),
            new ProfileFlag("weight-symmetry", "whether weights have zero points",
                [new FlagChoice("symmetric"), FlagChoice.Of("asymmetric", r => r with { Weights = r.Weights with { Symmetry = Symmetry.Asymmetric } })],
                "the manual says asymmetric; symmetric per channel is the practice of NPUs [UNK]"),
            new ProfileFlag("zero-point", "zero point added behind rounding or inside it",
                [new FlagChoice("outside"), FlagChoice.Of("inside", r => r with { Activations = r.Activations with { ZeroPoint = ZeroPointPlacement.BeforeRounding } })],
                "the manual prints it inside [V]; rocket adds it behind [RE]"),
        ],
        Exactness =
        [
            new ExactnessClaim(["QuantizeLinear", "DequantizeLinear"], Exactness.Lsb(1), "the formula is public, its tie rule and the place of the zero point are flags", "API guide 1.5.2 [V]"),
            new ExactnessClaim(["Conv", "ConvTranspose", "Gemm", "MatMul"], Exactness.Lsb(1), "15-bit multiplier and shift per tensor; the path per channel and truncate_bits are not public", "rocket [RE], NVDLA [V-IP]"),
            new ExactnessClaim(["Add", "Sub", "Mul"], Exactness.Unknown, "requantized by tables captured from vendor blobs; no general formula", "rocket [RE]"),
            new ExactnessClaim(["Sigmoid", "Tanh", "HardSwish", "Mish"], Exactness.Unknown, "a table with linear interpolation; here computed", "NVDLA LUT [V-IP]"),
            new ExactnessClaim(["MaxPool", "Reshape", "Transpose", "Slice", "Split", "Gather", "Concat"], Exactness.Lsb(1), "codes are moved; Concat requantizes its inputs", "inferred [INF]"),
            new ExactnessClaim(["*"], Exactness.Relative(1e-3), "half; sums in half or float32 is not public", "[UNK]"),
        ],
        Unknowns =
        [
            "Focus as one Conv and MaxPools above 7 as chains: as Rockchip's own forks of YOLOv5 and YOLOX train and export it.",
            "Conv + Add and Conv + Add + Relu fuse by the operator list; any other activation behind the Add is taken to join, too.",
            "SiLU = x * Sigmoid(x) fuses behind a convolution as the vendor's Swish.",
            "Accumulator: 34 bits saturated to 32 before the output convertor, by analogy with NVDLA.",
        ],
    };

    public static TargetProfile Float16 { get; } = new()
    {
        Name = "rk3588-fp16",
        Summary = "Rockchip RK3588 without quantization: float_dtype float16",
        Sources = Sources,
        Float = FloatPrecision.Float16,
        Quantization = null,
        Cost = Cost,
        Compiler = Compiler,
        Exactness = [new ExactnessClaim(["*"], Exactness.Relative(1e-3), "one half rounding an operator; internal precision is not public", "rk3588-npu: half products with float32 outputs [RE]")],
        Unknowns = ["Accumulation in float32 is assumed.", "Fused operators round once on the chip and after each operator here."],
    };
}
