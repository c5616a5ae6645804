using System.Globalization;
using Parity.Lowering;

namespace Parity.Conformance;

/// <summary>The golden vectors of targets.md section 11, number by number.</summary>
internal static class GoldenRules
{
    public static Rule Gfpq { get; } = new("GFPQ, logarithmic codes of 8 bits", "targets.md sections 6.A and 11 (MQBench nnie.py, HiSVP manual)", ["hi3559"], nameof(LogarithmicCode), _ =>
        [
            .. new (double Value, int Code, double Real)[]
            {
                (1.0, 0x7F, 1.0), (0.5, 0x6F, 0.5), (0.3, 0x63, 0.297301779), (-0.3, 0xE3, -0.297301779), (0.01, 0x15, 0.010131559),
                // The dead zone is [-0.00212990, 0.00203960).
                (0.0021, 0x00, 0.004079194), (0.0020, 0x80, 0), (-0.0021, 0x80, 0), (-0.0022, 0x81, -0.004259796),
                (5, 0x7F, 1.0), (-5, 0xFF, -1.0),
            }.Select(g => Checked.Of($"{Number(g.Value)}, clip 1", $"0x{g.Code:X2} = {Nine(g.Real)}", () =>
            {
                var code = LogarithmicCode.ForClip(1, 8);
                int k = code.Quantize(g.Value);
                return $"0x{k:X2} = {Nine(code.Dequantize(k))}";
            })),
            Checked.Of("clip 1, dead zone", "z = -127, [-0.00212990, 0.00203960)", () => Zone(LogarithmicCode.ForClip(1, 8))),
            Checked.Of("clip 4", "z = -95, smallest positive 0.016316778", () => Z(LogarithmicCode.ForClip(4, 8))),
        ]);

    public static Rule PositionScale { get; } = new("position and scale, int8", "targets.md sections 5.A and 11 (mlu-ops core/tool.cpp)", ["mlu220"], nameof(PositionParameters), _ =>
        new (float AbsoluteMaximum, int Position, double Scale)[] { (1.0f, -6, 1.984375), (2.55f, -5, 1.556372549), (127, 0, 1.0), (0.1f, -10, 1.240234375) }
            .Select(g => Checked.Of($"absmax {Number(g.AbsoluteMaximum)}", $"position {g.Position}, scale {Seven(g.Scale)}", () =>
            {
                PositionParameters p = PositionParameters.WithScale(PositionParameters.ByFloor(g.AbsoluteMaximum, 8).Position, g.AbsoluteMaximum, 8);
                return $"position {p.Position}, scale {Seven(p.Scale)}";
            })));

    public static Rule PositionScaleOffset { get; } = new("position, scale and offset, int8", "targets.md sections 5.A and 11 (mlu-ops core/tool.cpp)", ["mlu220"], nameof(PositionParameters), _ =>
        new (float Min, float Max, int Position, double Scale, int Offset)[] { (-1, 3, -5, 1.9921875, -64), (0, 6, -5, 1.328125, -128) }
            .Select(g => Checked.Of($"[{Number(g.Min)}, {Number(g.Max)}]", $"position {g.Position}, scale {Seven(g.Scale)}, offset {g.Offset}", () =>
            {
                PositionParameters p = PositionParameters.WithOffset(new ValueRange(g.Min, g.Max), 8);
                return $"position {p.Position}, scale {Seven(p.Scale)}, offset {p.Offset}";
            })));

    public static Rule CaffePosition { get; } = new("position by Cambricon Caffe, 8 bits", "targets.md sections 5.A and 11 (Cambricon/caffe generate_quantized_pt)", ["mlu220"], nameof(PositionParameters), _ =>
        new (float AbsoluteMaximum, int Position)[] { (1, -6), (127, 0), (254, 2), (255, 2), (300, 2), (1.99f, -5) }
            .Select(g => Checked.Of($"absmax {Number(g.AbsoluteMaximum)}", Number(g.Position), () => Number(PositionParameters.ByCaffe(g.AbsoluteMaximum, 8).Position))));

    public static Rule Rocket { get; } = Multipliers("requantization multiplier, rocket OUT_CVT", "rk3588", IntegerMultiplier.Rocket, (25795, 21), (16385, 15), (16385, 24), (29361, 23));

    public static Rule EtnavivV7 { get; } = Multipliers("requantization multiplier, etnaviv v7", "rk1808", IntegerMultiplier.EtnavivV7, (51589, 22), (32768, 16), (32768, 25), (58720, 24));

    // Section 11 has no line for v8: 2^23 + mantissa and shift 150 - E of section 3.A, from the floats' bits 0x3C4985F0, 0x3F000000, 0x3A800000 and 0x3B656042.
    public static Rule EtnavivV8 { get; } = Multipliers("requantization multiplier, etnaviv v8", "rk1808", IntegerMultiplier.EtnavivV8,
        (0x800000 + 0x4985F0, 150 - 0x78), (1 << 23, 150 - 0x7E), (1 << 23, 150 - 0x75), (0x800000 + 0x656042, 150 - 0x76));

    private static Rule Multipliers(string name, string chip, Func<float, IntegerMultiplier> multiplier, params (int Multiplier, int Shift)[] expected) => new(
        name, "targets.md sections 3.A, 4.A and 11 (bminor/mesa-mesa)", [chip], nameof(IntegerMultiplier), _ =>
            new[] { 0.0123f, 0.5f, 1f / 1024, 0.0035f }.Zip(expected, (factor, e) => Checked.Of($"factor {Number(factor)}", $"{e.Multiplier}, shift {e.Shift}", () =>
            {
                IntegerMultiplier m = multiplier(factor);
                return $"{m.Multiplier}, shift {m.Shift}";
            })));

    private static string Zone(LogarithmicCode code) => string.Create(CultureInfo.InvariantCulture, $"z = {code.Offset}, [{code.NegativeThreshold:0.00000000}, {code.PositiveThreshold:0.00000000})");

    private static string Z(LogarithmicCode code) => $"z = {code.Offset}, smallest positive {Nine(code.Dequantize(0))}";

    /// <summary>The specification prints so many digits.</summary>
    private static string Nine(double value) => value.ToString("0.000000000", CultureInfo.InvariantCulture);

    /// <summary>A float32 holds seven of the digits that the specification prints.</summary>
    private static string Seven(double value) => ((float)value).ToString("0.000000", CultureInfo.InvariantCulture);

    private static string Number(double value) => LinearRules.Number(value);

    private static string Number(float value) => LinearRules.Number(value);
}
