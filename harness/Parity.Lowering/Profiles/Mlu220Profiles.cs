using System.Collections.Immutable;

namespace Parity.Lowering;

/// <summary>Cambricon MLU220, targets.md section 5: weighted operators take int8 or int16 inputs and weights and give float16; all else is float16.</summary>
internal static class Mlu220Profiles
{
    private static readonly NumberFormat Int8Position = new()
    {
        Bits = 8, Sign = Sign.Signed, Symmetry = Symmetry.Symmetric, Granularity = Granularity.PerTensor, Scale = ScaleForm.Position,
        CodeLow = -128, CodeHigh = 127, Rounding = Rounding.HalfAwayFromZero, ZeroPoint = ZeroPointPlacement.BeforeRounding, Position = PositionRule.Floor,
    };

    private static readonly NumberFormat Int16Position = Int8Position with { Bits = 16, CodeLow = -32768, CodeHigh = 32767 };

    public static TargetProfile Int8 { get; } = new()
    {
        Name = "mlu220",
        Summary = "Cambricon MLU220, qint8_mixed_float16: weighted operators int8 at 2^position, outputs and all else float16",
        Sources =
        [
            "Cambricon/mlu-ops: core/tool.cpp, core/context.cpp, mlu_op.h",
            "Cambricon/caffe ca5b402: include/caffe/mlu/util.hpp (generate_quantized_pt)",
            "Cambricon/catch 2625da3; Cambricon/magicmind_edge 04d1e85",
        ],
        Float = FloatPrecision.Float16,
        Quantization = new QuantizationRules
        {
            Activations = Int8Position,
            Weights = Int8Position,
            Bias = BiasRule.Float,
            Requantization = new Requantization(MultiplierForm.Float32, Rounding.HalfAwayFromZero, 0),
            Placement = PairPlacement.OperatorInputs,
            Result = FloatPrecision.Float16,
            Operators = [.. OperatorRule.Each(OperatorRole.Weighted, "Conv", "ConvTranspose", "Gemm", "MatMul")],
            Fusions = [new FusionRule(["Conv", "ConvTranspose", "Gemm", "MatMul"], ["Relu"])],
            Int16 = new PrecisionOption(Int16Position, Int16Position, "MagicMind: qint8 and qint16_mixed_float16 for whole models, catch's mixed_layer by layer [V]; both in one MagicMind model [INF]"),
        },
        Cost = new CostWeights(16, 4, 2, "MLU290 of the same architecture: 512 TOPS int8, 256 int16 (zoukankan.com/kongchung-p-14746622) [3P]; half and float32 are guesses [INF]"),
        Flags =
        [
            new ProfileFlag("position-rule", "position = floor(log2 absmax) - (n - 2), or Cambricon Caffe's truncation",
                [new FlagChoice("floor"), FlagChoice.Of("caffe", r => r with
                {
                    Activations = r.Activations with { Position = PositionRule.Caffe }, Weights = r.Weights with { Position = PositionRule.Caffe },
                })],
                "mlu-ops and catch's CNNL path [V]; generate_quantized_pt has the other [V, conflict]"),
            new ProfileFlag("scale", "position alone, with a scale, or with scale and offset (activations only)",
                [
                    new FlagChoice("position"),
                    FlagChoice.Of("position-scale", r => r with { Activations = r.Activations with { Scale = ScaleForm.PositionScale }, Weights = r.Weights with { Scale = ScaleForm.PositionScale } }),
                    FlagChoice.Of("position-scale-offset", r => r with
                    {
                        Activations = r.Activations with { Scale = ScaleForm.PositionScaleOffset, Symmetry = Symmetry.Asymmetric },
                        Weights = r.Weights with { Scale = ScaleForm.PositionScale },
                    }),
                ],
                "catch turns its scale into a position alone [V]; MagicMind's activation_quant_algo has the others [V]"),
            new ProfileFlag("weights", "one position for a layer's weights, or one for each output channel",
                [new FlagChoice("tensor"), FlagChoice.Of("channel", r => r with { Weights = r.Weights with { Granularity = Granularity.PerChannel } })],
                "per tensor in Caffe, per axis in catch and MagicMind [V]"),
            new ProfileFlag("tie-rule", "where ties go when inputs become codes",
                [new FlagChoice("half-away"), FlagChoice.Of("half-even", r => r with { Activations = r.Activations with { Rounding = Rounding.HalfToEven } })],
                "handle default of arch < 372 [V]; whether CNML's convolution follows it [INF]"),
        ],
        Exactness =
        [
            new ExactnessClaim(["QuantizeLinear", "DequantizeLinear"], Exactness.Exact, "round(clamp(x scale / 2^position + offset)), half away from zero", "mlu-ops context.cpp [V]"),
            new ExactnessClaim(["Conv", "ConvTranspose", "Gemm", "MatMul"], Exactness.Relative(3e-3), "exact products; accumulator and epilogue precision are not public", "vendor's error target of 0.3 % an operator [V]"),
            new ExactnessClaim(["*"], Exactness.Relative(1e-3), "half; one rounding an operator here", "MagicMind precision modes [V]"),
        ],
        Unknowns =
        [
            "The first convolution takes UINT8 pictures with mean and deviation folded in; here its input is quantized as any other.",
            "Depthwise convolutions are int8 here, as in MagicMind; Caffe's path has them in half: keep them in float by name where that is meant.",
        ],
    };

    public static TargetProfile Int16 { get; } = Int8 with
    {
        Name = "mlu220-int16",
        Summary = "Cambricon MLU220, qint16_mixed_float16: weighted operators int16 at 2^position, outputs and all else float16",
        Quantization = Int8.Quantization! with { Activations = Int16Position, Weights = Int16Position, Int16 = null },
        Cost = Int8.Cost with { Float32 = 8, Float16 = 2, Int16 = 1 },
        Exactness = [.. Int8.Exactness.SetItem(1, Int8.Exactness[1] with { Why = "float32 sums lose low bits of products of 30 bits; accumulator and epilogue precision are not public" })],
    };
}
