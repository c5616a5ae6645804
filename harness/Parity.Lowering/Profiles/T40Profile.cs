namespace Parity.Lowering;

/// <summary>Ingenic T40 (Magik, nna1), targets.md section 7.1: features without sign where they have none, weights up to 8 bits.</summary>
internal static class T40Profile
{
    private static FlagChoice FeatureBits(string value, int bits) => FlagChoice.Of(value, r => r with
    {
        Activations = r.Activations with { Bits = bits, CodeLow = -(1 << (bits - 1)) + 1, CodeHigh = (1 << (bits - 1)) - 1 },
    });

    public static TargetProfile Magik { get; } = new()
    {
        Name = "t40",
        Summary = "Ingenic T40, Magik post-training quantization: unsigned 8-bit features (signed where values are), 8-bit weights",
        Sources =
        [
            "wispytrace/magik-toolkit e511d37: PTQ, QAT, Ops and Venus manuals",
            "opensensor/thingino-accel",
        ],
        Float = FloatPrecision.Float32,
        Quantization = new QuantizationRules
        {
            Activations = new NumberFormat
            {
                Bits = 8, Sign = Sign.ByRange, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Float,
                CodeLow = -127, CodeHigh = 127, Rounding = Rounding.HalfAwayFromZero,
            },
            Weights = new NumberFormat
            {
                Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerChannel, Scale = ScaleForm.Float,
                CodeLow = -127, CodeHigh = 127, Rounding = Rounding.HalfAwayFromZero,
            },
            Bias = BiasRule.Int32AtProduct,
            Requantization = new Requantization(MultiplierForm.Unknown, Rounding.HalfAwayFromZero, 0),
            Placement = PairPlacement.OperatorOutputs,
            Result = FloatPrecision.Float32,
            Operators =
            [
                .. OperatorRule.Each(OperatorRole.Weighted, "Conv", "ConvTranspose", "Gemm", "MatMul"),
                .. OperatorRule.OfAllInputs("Add", "Sub", "Mul", "Max", "Min", "Concat", "PRelu"),
                .. OperatorRule.Each(OperatorRole.Computed, "Relu", "Clip", "LeakyRelu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "BatchNormalization", "AveragePool", "GlobalAveragePool", "Pad"),
                .. OperatorRule.Resize,
                .. OperatorRule.Each(OperatorRole.Passive, "MaxPool", "GlobalMaxPool", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "DepthToSpace", "SpaceToDepth"),
            ],
            Fusions = [new FusionRule(["Conv", "ConvTranspose", "Gemm"], ["Relu", "Clip", "HardSwish", "Sigmoid", "Tanh", FusionRule.Silu, FusionRule.HardSwish])],
        },
        Cost = new CostWeights(200, 200, 2, "float layers fall to the XBurst2 core; wider features are 8-bit pairs [INF]"),
        Compiler = CompilerRules.AsWritten with
        {
            Limits =
            [
                new OperatorLimit(["Conv"], LimitedProperty.Stride, 1, 2, BeyondLimit.Refused, "Ops manual: not supported [V]"),
                new OperatorLimit(["Resize"], LimitedProperty.ResizeMode, ["nearest"], BeyondLimit.Host, "Ops manual: linear only in 2 bits [V]"),
            ],
        },
        Flags =
        [
            new ProfileFlag("feature-bits", "QUANT_FEATURE_BIT, 10 and 12 held in 16", [new FlagChoice("8"), FeatureBits("10", 10), FeatureBits("12", 12)], "PTQ manual: default 8, up to 12 [V]"),
            new ProfileFlag("weight-bits", "QUANT_WEIGHT_BIT",
                [new FlagChoice("8"), FlagChoice.Of("4", r => r with { Weights = r.Weights with { Bits = 4, CodeLow = -7, CodeHigh = 7 } })], "PTQ manual: default and maximum 8 [V]"),
            new ProfileFlag("weights", "a scale for each output channel, or one",
                [new FlagChoice("channel"), FlagChoice.Of("tensor", r => r with { Weights = r.Weights with { Granularity = Granularity.PerTensor } })], "not public [UNK]"),
            new ProfileFlag("tie-rule", "where ties go",
                [new FlagChoice("half-away"), FlagChoice.Of("half-even", r => r with { Activations = r.Activations with { Rounding = Rounding.HalfToEven }, Weights = r.Weights with { Rounding = Rounding.HalfToEven } })],
                "only roundf appears in the plugin's symbols [INF]"),
        ],
        Exactness =
        [
            new ExactnessClaim(["*"], Exactness.Unknown, "scale form, bias width and accumulator are not public; the vendor's PC library claims the board's bits and is the oracle", "PTQ manual chapter 7.1 [V]"),
        ],
        Unknowns =
        [
            "Symmetric without zero point: levels 2^b - 1 from 0 where a tensor was never negative in calibration, ±(2^(b-1) - 1) else.",
            "SiLU, sigmoid, tanh and hard swish are tables behind the convolution; here they are computed and rounded once.",
            "Bias int32 at the product of scales is assumed.",
        ],
    };
}
