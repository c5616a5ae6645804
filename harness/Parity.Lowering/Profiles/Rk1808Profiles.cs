using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>Rockchip RK1808 (RKNN-Toolkit 1, VeriSilicon core), targets.md section 3: asymmetric u8 and dynamic fixed point of 8 and 16 bits.</summary>
internal static class Rk1808Profiles
{
    private static readonly ImmutableArray<string> Weighted = ["Conv", "ConvTranspose", "Gemm", "MatMul"];

    private static readonly NumberFormat U8 = new()
    {
        Bits = 8, Sign = Sign.Unsigned, Symmetry = Symmetry.Asymmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Float,
        CodeLow = 0, CodeHigh = 255, Rounding = Rounding.HalfToEven, ZeroPoint = ZeroPointPlacement.AfterRounding,
    };

    private static readonly NumberFormat Dfp8 = new()
    {
        Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.FractionalLength,
        CodeLow = -128, CodeHigh = 127, Rounding = Rounding.HalfToEven,
    };

    private static readonly NumberFormat Dfp16 = Dfp8 with { Bits = 16, CodeLow = -32768, CodeHigh = 32767 };

    private static readonly ProfileFlag Bias = new("bias", "width of the bias codes",
        [new FlagChoice("int32"), FlagChoice.Of("int16", r => r with { Bias = BiasRule.Int16AtProduct })],
        "int32 by the manual [V]; a practitioner's account of QConv reports int16 [3P]");

    private static readonly ProfileFlag Core = new("core", "generation of the NN core, which sets the width of the requantization multiplier",
        [new FlagChoice("v7"), FlagChoice.Of("v8", r => r with { Requantization = r.Requantization with { Multiplier = MultiplierForm.EtnavivV8 } })],
        "etnaviv_ml_nn.c; v7 is a guess [INF]. In float no difference: integer kernels read it");

    private static readonly ProfileFlag ZeroPoint = new("zero-point", "zero point added behind rounding or inside it",
        [new FlagChoice("outside"), FlagChoice.Of("inside", r => r with
        {
            Activations = r.Activations with { ZeroPoint = ZeroPointPlacement.BeforeRounding }, Weights = r.Weights with { ZeroPoint = ZeroPointPlacement.BeforeRounding },
        })],
        "VeriSilicon's code adds it behind [V-IP]; Rockchip's manual prints it inside [V]");

    private static readonly ProfileFlag DfpLow = new("lowest-code", "whether -128 is used",
        [new FlagChoice("-128"), FlagChoice.Of("-127", r => r with { Activations = r.Activations with { CodeLow = -127 }, Weights = r.Weights with { CodeLow = -127 } })],
        "API guide says -128, the .quantization.cfg section -127 [V, conflict]");

    private static readonly CompilerRules Compiler = new(
        FocusAsConvolution: true,
        HardSwishAsOne: false,
        // mean_values and std_values of the toolkit's config do this: the chip is fed pixels.
        InputNormalization: true,
        BatchNormForm.Kept,
        new PoolSplit(Largest: 7, Step: 5),
        Limits: []);

    public static TargetProfile U8Asymmetric { get; } = new()
    {
        Name = "rk1808",
        Summary = "Rockchip RK1808, asymmetric_quantized-u8: activations and weights u8 per tensor, bias int32",
        Sources =
        [
            "rockchip-linux/rknn-toolkit 8e30ee7: RKNN API guide 1.7.5 section 3.2.3.2; user guide",
            "VeriSilicon/TIM-VX ovxlib: vsi_nn_math.h, vsi_nn_dtype_util_prv.h",
            "bminor/mesa-mesa baafa91: etnaviv_ml_nn.c",
        ],
        Float = FloatPrecision.Float32,
        Quantization = new QuantizationRules
        {
            Activations = U8,
            Weights = U8,
            Bias = BiasRule.Int32AtProduct,
            Requantization = new Requantization(MultiplierForm.EtnavivV7, Rounding.HalfToEven, 32),
            Placement = PairPlacement.OperatorOutputs,
            Result = FloatPrecision.Float32,
            Operators =
            [
                .. OperatorRule.Each(OperatorRole.Weighted, Weighted),
                .. OperatorRule.OfAllInputs("Add", "Sub", "Mul", "Div", "Concat", "PRelu", "Max", "Min"),
                .. OperatorRule.Each(OperatorRole.Computed, "Relu", "Clip", "LeakyRelu", "Elu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "Softplus"),
                .. OperatorRule.Each(OperatorRole.Computed, "BatchNormalization", "AveragePool", "GlobalAveragePool", "ReduceMean", "Pad"),
                .. OperatorRule.Resize,
                .. OperatorRule.Each(OperatorRole.Passive, "MaxPool", "GlobalMaxPool", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "Gather", "Expand", "Tile", "DepthToSpace", "SpaceToDepth"),
            ],
            Fusions = [new FusionRule(Weighted, ["Relu", "Clip"])],
            Int16 = new PrecisionOption(Dfp16, Dfp16, "RKNN API guide 1.7.5: dynamic_fixed_point-i16, hybrid quantization of single layers [V]") { Bias = BiasRule.Int64AtProduct },
        },
        Cost = new CostWeights(100, 30, 10, "RK3399Pro's NPU, the same core: 1920 products a cycle of int8, 192 int16, 64 fp16 (wiki.radxa.com, RockpiN10/hardware/npu) [3P]; float32 falls to the A35 cores [INF]"),
        Compiler = Compiler,
        Flags = [Bias, ZeroPoint, Core],
        Exactness =
        [
            new ExactnessClaim(["QuantizeLinear", "DequantizeLinear"], Exactness.Exact, "half to even, clamp to [0, 255]; within 1e-8 of a tie as ovxlib has it", "ovxlib vsi_rint, default node policy [V-IP]"),
            new ExactnessClaim([.. Weighted, "Add", "Mul"], Exactness.Lsb(1), "multiplier of 16 or 24 significant bits and a shift; the tie rule of the core is not public", "etnaviv_ml_nn.c [RE]"),
            new ExactnessClaim(["MaxPool", "Reshape", "Transpose", "Slice", "Split", "Gather", "Flatten", "Squeeze", "Unsqueeze"], Exactness.Exact, "codes are moved", "inferred [INF]"),
            new ExactnessClaim(["*"], Exactness.Unknown, "no public source", "[UNK]"),
        ],
        Unknowns =
        [
            "Which activations fuse into a weighted operator: the vendor names BN and ReLU; Clip is taken as a ReLU with another bound. "
                + "Sigmoid, SiLU = Mul(x, Sigmoid(x)), LeakyRelu and all others are operators of their own with their own output parameters.",
            "The tie rule of the NN core's requantization: half to even is assumed.",
            "MaxPool kernels above 7: taken from RK3588's list. Focus as one Conv: as Rockchip's own forks of YOLOv5 and YOLOX train and export it.",
            "Operators without a rule (Softmax, LSTM, TopK) are assumed to run in float; layers kept in float run in half on the chip and in float32 here.",
        ],
    };

    public static TargetProfile DynamicFixedPoint8 { get; } = U8Asymmetric with
    {
        Name = "rk1808-dfp8",
        Summary = "Rockchip RK1808, dynamic_fixed_point-i8: activations and weights int8 at 2^-fl per tensor, bias int32",
        Quantization = U8Asymmetric.Quantization! with { Activations = Dfp8, Weights = Dfp8 },
        Flags = [Bias, DfpLow, Core],
        Exactness = [U8Asymmetric.Exactness[0] with { Why = "half to even, clamp to [-128, 127], scale 2^-fl" }, .. U8Asymmetric.Exactness.RemoveAt(0)],
        Unknowns = ["How fl follows from a range: the largest that clips nothing is assumed.", .. U8Asymmetric.Unknowns],
    };

    public static TargetProfile DynamicFixedPoint16 { get; } = U8Asymmetric with
    {
        Name = "rk1808-dfp16",
        Summary = "Rockchip RK1808, dynamic_fixed_point-i16: activations and weights int16 at 2^-fl per tensor, bias int64",
        Quantization = U8Asymmetric.Quantization! with { Activations = Dfp16, Weights = Dfp16, Bias = BiasRule.Int64AtProduct, Int16 = null },
        Cost = U8Asymmetric.Cost with { Float32 = 10, Float16 = 3, Int16 = 1 },
        Flags = [Core],
        Exactness =
        [
            U8Asymmetric.Exactness[0] with { Why = "half to even, clamp to [-32768, 32767], scale 2^-fl" },
            new ExactnessClaim([.. Weighted, "Add", "Mul"], Exactness.Lsb(1), "and float32 sums lose low bits of products of 30 bits that the chip keeps", "etnaviv_ml_nn.c [RE]"),
            .. U8Asymmetric.Exactness[2..],
        ],
        Unknowns = ["How fl follows from a range: the largest that clips nothing is assumed.", .. U8Asymmetric.Unknowns],
    };
}
