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
            "toolchain.d-robotics.cc/guide/plugin/plugin_api_reference/fake_quantize.html: clamp(round(x / scale), min, max) scale; qint8 and qint16",
            "horizon_plugin_pytorch, as its examples and qconfigs have it: weights per_channel_symmetric, 8-bit weights with 16-bit activations, 32-bit outputs",
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
            Int16 = new PrecisionOption(Activations16, Weights8, "horizon_plugin_pytorch: default_qat_8bit_weight_16bit_act_fake_quant_qconfig, set by layer [V]"),
        },
        Cost = new CostWeights(100, 100, 4, "no half unit before J6; float layers fall to the CPU [INF]"),
        Flags =
        [
            new ProfileFlag("output-layers", "last convolutions give int32 sums (high precision), or int8 as all others",
                [new FlagChoice("float"), FlagChoice.Of("int8", r => r with { FloatOutputLayers = false })], "horizon_plugin_pytorch gives Gemm-like nodes that only a dequantization reads its 8bit_weight_32bit_out qconfig [V]"),
            new ProfileFlag("input-scale", "scale of the picture: calibrated, or fixed for values in [-1, 1)",
                [new FlagChoice("calibrated"), FlagChoice.Of("1/128", r => r with { InputScale = 1f / 128 })], "QuantStub(scale=1 / 128) of the vendor's examples: pictures of the pyramid need it, other inputs are calibrated [V]"),
            new ProfileFlag("tie-rule", "where ties go",
                [new FlagChoice("half-even"), FlagChoice.Of("half-away", r => r with { Activations = r.Activations with { Rounding = Rounding.HalfAwayFromZero }, Weights = r.Weights with { Rounding = Rounding.HalfAwayFromZero } })],
                "the vendor writes round(); its training emulation is torch's, half to even [INF]"),
        ],
        Exactness =
        [
            new ExactnessClaim(["QuantizeLinear", "DequantizeLinear"], Exactness.Lsb(1), "symmetric: no zero point in the vendor's formula; the tie rule is a flag", "toolchain.d-robotics.cc, FakeQuantize [V]"),
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
