namespace Parity.Lowering;

/// <summary>HiSilicon Hi3559A NNIE, targets.md section 6: logarithmic codes (GFPQ) of 8 bits, or of 16 in high precision mode.</summary>
internal static class Hi3559Profiles
{
    private static readonly NumberFormat Codes8 = new()
    {
        Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Logarithm,
        CodeLow = -127, CodeHigh = 127, Rounding = Rounding.HalfToEven,
    };

    private static readonly NumberFormat Codes16 = Codes8 with { Bits = 16, CodeLow = -4095, CodeHigh = 4095 };

    public static TargetProfile Log8 { get; } = new()
    {
        Name = "hi3559",
        Summary = "HiSilicon Hi3559A NNIE: inputs and weights of a layer as 8-bit logarithms (GFPQ), 16 steps an octave",
        Sources =
        [
            "ModelTC/MQBench 00f477d: fake_quantize/nnie.py, deploy/deploy_nnie.py, docs hardware/nnie.rst",
            "sophia-hxw/hi3559a_sample, RaySue/NNIE-lite, hanson-young/nniefacelib: headers and mapper settings",
        ],
        Float = FloatPrecision.Float32,
        Quantization = new QuantizationRules
        {
            Activations = Codes8,
            Weights = Codes8,
            Bias = BiasRule.Float,
            Requantization = new Requantization(MultiplierForm.Unknown, Rounding.HalfToEven, 0),
            Placement = PairPlacement.OperatorInputs,
            Result = FloatPrecision.Float32,
            Operators =
            [
                .. OperatorRule.Each(OperatorRole.Weighted, "Conv", "ConvTranspose", "Gemm", "MatMul"),
                .. OperatorRule.OfAllInputs("Add", "Concat"),
                .. OperatorRule.Each(OperatorRole.Computed, "AveragePool"),
            ],
            Fusions = [new FusionRule(["Conv", "ConvTranspose", "Gemm"], ["Relu", "PRelu"])],
            Int16 = new PrecisionOption(Codes16, Codes16, "mapper settings: compile_mode 0 int8, 1 int16, 2 by layer with the suffix _hp [3P]"),
        },
        Cost = new CostWeights(100, 100, 2, "16-bit mode has half the rate; float layers (_cpu) fall to the Cortex cores [INF]"),
        Compiler = CompilerRules.AsWritten with
        {
            Limits =
            [
                new OperatorLimit(["Conv", "ConvTranspose"], LimitedProperty.Kernel, 1, 255, BeyondLimit.Refused, "HiSVP guide, quoted [3P]"),
                new OperatorLimit(["Conv"], LimitedProperty.Group, 1, 2048, BeyondLimit.Refused, "HiSVP guide, quoted [3P]"),
                // The mapper refuses others: networks are cut there, and the host goes on.
                new OperatorLimit(["Transpose"], LimitedProperty.PermuteOrder, ["0,2,3,1"], BeyondLimit.Host, "HiSVP guide, quoted [3P]"),
                new OperatorLimit(["Resize"], LimitedProperty.ResizeMode, ["nearest"], BeyondLimit.Host, "MQBench exporter [3P]"),
                new OperatorLimit(["Resize"], LimitedProperty.UpsampleFactor, 2, 2, BeyondLimit.Host, "MQBench exporter [3P]"),
            ],
        },
        Exactness =
        [
            new ExactnessClaim(["QuantizeLinear", "weights"], Exactness.Exact, "the code book; no float32 lies on a threshold", "MQBench nnie.py [3P]"),
            new ExactnessClaim(["activations"], Exactness.Lsb(1), "exact by the backend's own kernels; operator by operator elsewhere a logarithm in float32 may miss a threshold by 1e-5 of a step", "own arithmetic [INF]"),
            new ExactnessClaim(["Conv", "ConvTranspose", "Gemm", "MatMul", "Add", "Concat", "AveragePool"], Exactness.Unknown, "products of logarithms, antilogarithm and accumulator widths are not public; here exact products of the values", "[UNK]"),
            new ExactnessClaim(["*"], Exactness.Unknown, "reports give linear 20.12 numbers", "SAMPLE_SVP_NNIE_QUANT_BASE [V]"),
        ],
        Unknowns =
        [
            "Clip values: the smallest of the table's form 2^(n/16) that holds the calibrated range.",
            "Inputs of one layer share z on the chip; here each input has its own.",
            "The mapper's own calibration from image_list is not public.",
            "Caffe's pooling rounds sizes up: a pool whose sizes do not divide needs other pads on the chip.",
            "Bias: 24-bit fixed point by a hex dump; here float32.",
        ],
    };

    public static TargetProfile Log16 { get; } = Log8 with
    {
        Name = "hi3559-16bit",
        Summary = "HiSilicon Hi3559A NNIE in high precision mode (compile_mode 1): 16-bit logarithms, 128 steps an octave",
        Quantization = Log8.Quantization! with { Activations = Codes16, Weights = Codes16, Int16 = null },
        Cost = Log8.Cost with { Float32 = 50, Float16 = 50, Int16 = 1 },
        Exactness = [Log8.Exactness[0] with { Exactness = Exactness.Unknown, Why = "the shape of the code is read off file names 1.5.7 (against 1.3.4)", Source = "mapper dumps [INF]" }, .. Log8.Exactness[1..]],
    };
}
