namespace Parity.Lowering;

/// <summary>Horizon Robotics / D-Robotics BPU (Bayes and later), from public documentation: symmetric int8, int16 features, high-precision output layers.</summary>
internal static class BpuProfiles
{
    private static readonly NumberFormat Activations8 = new()
    {
        Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Float,
        CodeLow = -128, CodeHigh = 127, Rounding = Rounding.HalfToEven,
    };

    private static readonly NumberFormat Activations16 = Activations8 with { Bits = 16, CodeLow = -32768, CodeHigh = 32767 };

    private static readonly NumberFormat Weights8 = Activations8 with { Granularity = Granularity.PerChannel };

    public static TargetProfile Int8 { get; } = new()
    {
        Name = "bpu",
        Summary = "Horizon BPU: symmetric int8, weights per channel, last convolutions give their int32 sums as float",
        Sources =
        [
            "D-Robotics RDK documentation: toolchain, expert guide and appendix (fusion of Conv, BN, ReLU, Add; qconfig of 8 and 16 bits)",
            "Horizon J5 and J6 OpenExplorer 3.0.17: plugin guide; operator constraints of the BPU (int8, int16, int32 outputs)",
        ],
        Float = FloatPrecision.Float32,
        Quantization = new QuantizationRules
        {
            Activations = Activations8,
            Weights = Weights8,
            Bias = BiasRule.Int32AtProduct,
            Requantization = new Requantization(MultiplierForm.Unknown, Rounding.HalfToEven, 32),
            Placement = PairPlacement.OperatorOutputs,
            Result = FloatPrecision.Float32,
            FloatOutputLayers = true,
            Operators =
            [
                .. OperatorRule.Each(OperatorRole.Weighted, "Conv", "ConvTranspose", "Gemm", "MatMul"),
                .. OperatorRule.OfAllInputs("Add", "Sub", "Mul", "Concat", "Max", "Min", "PRelu"),
                .. OperatorRule.Each(OperatorRole.Computed, "Relu", "Clip", "LeakyRelu", "Elu", "Sigmoid", "HardSigmoid", "HardSwish", "Tanh", "AveragePool", "GlobalAveragePool", "ReduceMean", "Pad", "BatchNormalization"),
                .. OperatorRule.Resize,
                .. OperatorRule.Each(OperatorRole.Passive, "MaxPool", "GlobalMaxPool", "Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Slice", "Split", "DepthToSpace", "SpaceToDepth"),
            ],
            Fusions = [new FusionRule(["Conv", "ConvTranspose", "Add"], ["Relu", "Clip", FusionRule.Silu])],
            Int16 = new PrecisionOption(Activations16, Weights8, "RDK documentation: qconfig of 8 and 16 bits by layer [V]"),
        },
        Cost = new CostWeights(100, 100, 4, "no half unit before J6; float layers fall to the CPU [INF]"),
        Flags =
        [
            new ProfileFlag("output-layers", "last convolutions give int32 sums (high precision), or int8 as all others",
                [new FlagChoice("float"), FlagChoice.Of("int8", r => r with { FloatOutputLayers = false })], "int32 outputs of convolutions are in the operator constraints [V]; that last ones use them by default [K]"),
            new ProfileFlag("input-scale", "scale of the picture: calibrated, or fixed for values in [-1, 1)",
                [new FlagChoice("calibrated"), FlagChoice.Of("1/128", r => r with { InputScale = 1f / 128 })], "QuantStub(scale=1/128) of the examples [K], not looked up"),
            new ProfileFlag("tie-rule", "where ties go",
                [new FlagChoice("half-even"), FlagChoice.Of("half-away", r => r with { Activations = r.Activations with { Rounding = Rounding.HalfAwayFromZero }, Weights = r.Weights with { Rounding = Rounding.HalfAwayFromZero } })],
                "not looked up [UNK]"),
        ],
        Exactness =
        [
            new ExactnessClaim(["QuantizeLinear", "DequantizeLinear"], Exactness.Lsb(1), "symmetric int8 [K]; the tie rule is a flag", "RDK documentation: 8 and 16 bits [V]; symmetry and rounding not looked up [UNK]"),
            new ExactnessClaim(["*"], Exactness.Unknown, "requantization and tables are not public", "[UNK]"),
        ],
        Unknowns =
        [
            "Last convolutions: those with no other weighted operator behind them; what follows runs on the CPU in float.",
            "SiLU behind a convolution is a table of the vector unit; here it is computed and rounded once.",
        ],
    };

    public static TargetProfile Int16 { get; } = Int8 with
    {
        Name = "bpu-int16",
        Summary = "Horizon BPU with int16 features and int8 weights",
        Quantization = Int8.Quantization! with { Activations = Activations16, Int16 = null },
        Cost = Int8.Cost with { Float32 = 25, Float16 = 25, Int16 = 1 },
    };
}
