using System.Collections.Immutable;
using System.Globalization;
using System.Numerics;
using Parity.Lowering;

namespace Parity.Conformance;

/// <summary>Rounding to integers: the golden vectors, then ties and their neighbours against the exact reference.</summary>
internal static class RoundingRules
{
    private const string Source = "targets.md sections 1 and 11";

    private static readonly float[] Others = [0.49999997f, -0.49999997f, 0.50000006f, 3.5f, 4.5f, -3.5f, -0.5f, 1.4999999f, 8388607.5f, -8388607.5f, 16777216, 1e30f, 0.3f, -0.7f];

    public static Rule HalfToEven { get; } = Of("rounding half to even", Rounding.HalfToEven, [], [(0.5f, 0), (1.5f, 2), (2.5f, 2), (-2.5f, -2)]);

    public static Rule HalfAway { get; } = Of("rounding half away from zero", Rounding.HalfAwayFromZero, ["mlu220", "rk3588", "t40"], [(0.5f, 1), (1.5f, 2), (2.5f, 3), (-2.5f, -3)]);

    public static Rule HalfUp { get; } = Of("rounding half up", Rounding.HalfUp, ["tensorrt"], [(-0.5f, 0), (-1.5f, -1), (2.5f, 3)]);

    public static Rule VeriSilicon { get; } = Of("rounding, vsi_rint", Rounding.VeriSiliconRint, ["rk1808"], [(0.5f, 0), (1.5f, 2), (2.5f, 2), (-2.5f, -2)]);

    public static Rule Shifts { get; } = new("rounding right shift", "targets.md section 1, shift with rounding; exact reference", [], nameof(RoundingArithmetic), _ =>
        from rounding in new[] { Rounding.HalfToEven, Rounding.HalfAwayFromZero, Rounding.HalfUp, Rounding.TowardZero }
        from value in new[] { 0, 1, 2, 3, 4, 5, 6, 7, -1, -2, -3, -4, -5, -6, -7, int.MaxValue, int.MinValue, long.MaxValue, long.MinValue, (1L << 40) + (1L << 14) }
        from shift in new[] { 0, 1, 2, 15, 31, 62 }
        select Checked.Of($"{value} >> {shift}, {rounding}", ExactRounding.Round(new Rational(value, BigInteger.One << shift), rounding).ToString(CultureInfo.InvariantCulture),
            () => RoundingArithmetic.ShiftRight(value, shift, rounding).ToString(CultureInfo.InvariantCulture)));

    private static Rule Of(string name, Rounding rounding, ImmutableArray<string> chips, (float Value, int Expected)[] golden) => new(name, Source, chips, nameof(RoundingArithmetic), _ =>
        golden.Select(g => Check(g.Value, g.Expected, rounding)).Concat(Others.Select(v => Check(v, ExactRounding.Round(Rational.Of(v), rounding), rounding))));

    private static Checked Check(float value, BigInteger expected, Rounding rounding) => Checked.Of(
        LinearRules.Number(value), expected.ToString(CultureInfo.InvariantCulture), () => new BigInteger(RoundingArithmetic.Round(value, rounding)).ToString(CultureInfo.InvariantCulture));
}
