using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Lowering;

/// <summary>Rockchip RK1808 in its default mode asymmetric_quantized-u8, targets.md section 3.</summary>
internal static class Rk1808Profile
{
    private static readonly NumberFormat U8 =
        new(ElementType.UInt8, ScaleRule.Range, Granularity.PerTensor, 0, 255, Rounding.HalfToEven, ZeroPointPlacement.AfterRounding);

    private static readonly NumberFormat I16 =
        new(ElementType.Int16, ScaleRule.AbsoluteMaximum, Granularity.PerTensor, -32768, 32767, Rounding.HalfToEven, ZeroPointPlacement.AfterRounding);

    public static TargetProfile U8Asymmetric { get; } = new(
        "rk1808",
        "Rockchip RK1808, asymmetric_quantized-u8: activations and weights u8 per tensor, bias int32",
        [
            "rockchip-linux/rknn-toolkit 8e30ee7: RKNN API guide 1.7.5 section 3.2.3.2; user guide",
            "VeriSilicon/TIM-VX ovxlib: vsi_nn_math.h, vsi_nn_dtype_util_prv.h",
            "bminor/mesa-mesa baafa91: etnaviv_ml_nn.c",
        ],
        FloatPrecision.Float32,
        new QuantizationRules(
            U8,
            U8,
            BiasRule.Int32AtProduct,
            PairPlacement.OperatorOutputs,
            [
                .. Rules(OperatorRole.Weighted, false, "Conv", "ConvTranspose", "Gemm", "MatMul"),
                .. Rules(OperatorRole.Computed, true, "Add", "Sub", "Mul", "Div", "Concat", "PRelu", "Max", "Min"),
                .. Rules(OperatorRole.Computed, false, "Relu", "Clip", "LeakyRelu", "Elu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus"),
                .. Rules(OperatorRole.Computed, false, "BatchNormalization", "AveragePool", "GlobalAveragePool", "ReduceMean"),
                new OperatorRule("Resize", OperatorRole.Passive, When: new AttributeCondition("mode", "nearest", "nearest")),
                new OperatorRule("Resize", OperatorRole.Computed),
                .. Rules(OperatorRole.Passive, false, "MaxPool", "GlobalMaxPool", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "Gather", "Expand", "Tile", "DepthToSpace", "SpaceToDepth"),
                new OperatorRule("Pad", OperatorRole.Computed),
            ],
            [new FusionRule(["Conv", "ConvTranspose", "Gemm", "MatMul"], ["Relu", "Clip"])])
        {
            Int16 = new PrecisionOption(I16, I16, "RKNN API guide 1.7.5: dynamic_fixed_point-i16, hybrid quantization of single layers [V]"),
        },
        [
            new ExactnessClaim(["QuantizeLinear", "DequantizeLinear"], "Exact: half to even, clamp to [0, 255]", "ovxlib vsi_rint, default node policy [V-IP]"),
            new ExactnessClaim(["Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Mul"], "Lsb(1) per requantization: multiplier of 16 or 24 significant bits and a shift", "etnaviv_ml_nn.c [RE]"),
            new ExactnessClaim(["MaxPool", "Reshape", "Transpose", "Slice", "Split", "Gather", "Flatten", "Squeeze", "Unsqueeze"], "Exact: codes are moved", "inferred [INF]"),
            new ExactnessClaim(["*"], "Unknown", "no public source [UNK]"),
        ],
        [
            "Which activations fuse into a weighted operator: the vendor names BN and ReLU; Clip is taken as a ReLU with another bound. "
                + "Sigmoid, SiLU = Mul(x, Sigmoid(x)), LeakyRelu and all others are operators of their own with their own output parameters.",
            "The tie rule of the NN core's requantization: half to even is assumed.",
            "Bias: int32 by the manual; a practitioner reports int16.",
            "Zero point: added after rounding, as VeriSilicon's code does; the vendor's manual prints it inside.",
            "Operators without a rule (Softmax, LSTM, TopK) are assumed to run in float.",
            "MaxPool kernels above 7: taken from RK3588's list. Focus as one Conv: as Rockchip's own forks of YOLOv5 and YOLOX train and export it.",
            "Int16 layers: dynamic fixed point has scales 2^-fl; a float scale is taken here.",
        ])
    {
        Compiler = new CompilerRules(
            FocusAsConvolution: true,
            HardSwishAsOne: false,
            // mean_values and std_values of the toolkit's config do this: the chip is fed pixels.
            InputNormalization: true,
            BatchNormForm.Kept,
            new PoolSplit(Largest: 7, Step: 5),
            Limits: []),
    };

    private static IEnumerable<OperatorRule> Rules(OperatorRole role, bool everyInput, params ImmutableArray<string> opTypes) =>
        opTypes.Select(t => new OperatorRule(t, role, everyInput));
}
