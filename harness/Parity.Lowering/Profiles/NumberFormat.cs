using Parity.Core;

namespace Parity.Lowering;

public enum Granularity { PerTensor, PerChannel }

/// <summary>How a scale follows from a range of reals; zero is always inside the range.</summary>
public enum ScaleRule
{
    /// <summary>max(|min|, |max|) / <see cref="NumberFormat.CodeHigh"/>, zero point 0.</summary>
    AbsoluteMaximum,

    /// <summary>(max - min) / (CodeHigh - CodeLow) with min &lt;= 0 &lt;= max, zero point round(CodeLow - min / scale).</summary>
    Range,
}

/// <summary>Whether the zero point is added before or after rounding; the two differ at exact ties when it is odd.</summary>
public enum ZeroPointPlacement { AfterRounding, BeforeRounding }

/// <summary>How reals become codes.</summary>
/// <param name="Type">Storage of the codes.</param>
/// <param name="CodeLow">Smallest code used; <paramref name="CodeHigh"/> the largest. Narrower than the type where the chip clamps so.</param>
public sealed record NumberFormat(
    ElementType Type, ScaleRule Scale, Granularity Granularity, int CodeLow, int CodeHigh, Rounding Rounding, ZeroPointPlacement ZeroPoint);
