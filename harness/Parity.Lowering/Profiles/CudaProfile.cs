namespace Parity.Lowering;

/// <summary>Own CUDA kernels in W8A8, targets.md section 7.2: bitsandbytes LLM.int8, SmoothQuant, torch-int.</summary>
internal static class CudaProfile
{
    public static TargetProfile W8A8 { get; } = new()
    {
        Name = "cuda-w8a8",
        Summary = "W8A8 CUDA kernels: dynamic symmetric int8 by row (products) or image (convolutions), outliers of 6.0 and more in float16",
        Sources =
        [
            "bitsandbytes 95f9af3: LLM.int8 kernels",
            "Guangxuan-Xiao/torch-int; mit-han-lab/smoothquant",
        ],
        Float = FloatPrecision.Float16,
        Quantization = new QuantizationRules
        {
            Activations = new NumberFormat
            {
                Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerChannel, Scale = ScaleForm.Float, Time = ScaleTime.Dynamic,
                CodeLow = -127, CodeHigh = 127, Rounding = Rounding.HalfToEven,
            },
            Weights = new NumberFormat
            {
                Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerChannel, Scale = ScaleForm.Float,
                CodeLow = -127, CodeHigh = 127, Rounding = Rounding.HalfToEven,
            },
            Bias = BiasRule.Float,
            Requantization = new Requantization(MultiplierForm.Float32, Rounding.HalfToEven, 32),
            Placement = PairPlacement.OperatorInputs,
            Result = FloatPrecision.Float16,
            Operators = [.. OperatorRule.Each(OperatorRole.Weighted, "Conv", "Gemm", "MatMul")],
            Fusions = [],
            OutlierMagnitude = 6,
        },
        Cost = new CostWeights(4, 2, 1, "peak rates of tensor cores, int8 : half : TF32 = 4 : 2 : 1 [K]"),
        Flags =
        [
            new ProfileFlag("outliers", "columns with a magnitude of 6.0 and more go to float16, or none do",
                [new FlagChoice("6.0"), FlagChoice.Of("off", r => r with { OutlierMagnitude = null })], "LLM.int8's usual threshold; SmoothQuant has no such path [V]"),
            new ProfileFlag("rows", "a scale for each row of a product, or one for an image",
                [new FlagChoice("row"), FlagChoice.Of("tensor", r => r with { Activations = r.Activations with { Granularity = Granularity.PerTensor } })], "LLM.int8 by row; SmoothQuant has both [V]"),
        ],
        Exactness =
        [
            new ExactnessClaim(["activations", "weights"], Exactness.Lsb(1), "the kernel divides by __fdividef: 1 ulp may move a tie", "bitsandbytes kernels [V]; [INF]"),
            new ExactnessClaim(["Conv", "Gemm", "MatMul"], Exactness.Relative(1e-3), "exact integer sums; half epilogue and half outlier columns, in another order", "bitsandbytes, constant 6.200012e-05 [V]"),
            new ExactnessClaim(["*"], Exactness.Relative(1e-3), "half; sums by tile and split are in another order", "[K]"),
        ],
        Unknowns =
        [
            "Convolutions: the public kernels are products. A convolution by im2col has one scale an image and input channels for columns here.",
            "The accumulated int32 is multiplied by float32 factors and the published constant for 1/127^2, which differs from the exact one by 1e-8.",
        ],
    };
}
