using Parity.Core;

namespace Parity.Lowering;

/// <summary>PerGroup, of weights: a scale for so many neighbouring input channels of each output channel, as 4-bit formats have.</summary>
public enum Granularity { PerTensor, PerChannel, PerGroup }

/// <summary>ByRange: unsigned when the tensor was never negative, else signed, as Ingenic's features.</summary>
public enum Sign { Signed, Unsigned, ByRange }

public enum Symmetry
{
    /// <summary>Zero point 0.</summary>
    Symmetric,

    /// <summary>The zero point follows from the range, which is widened to hold 0.</summary>
    Asymmetric,
}

/// <summary>What a scale is made of; zero is always inside the range it is made for.</summary>
public enum ScaleForm
{
    /// <summary>float32: symmetric absmax / CodeHigh, asymmetric (max - min) / (CodeHigh - CodeLow) with zero point round(CodeLow - min / scale).</summary>
    Float,

    /// <summary>2^-fl, see <see cref="FixedPoint"/>.</summary>
    FractionalLength,

    /// <summary>2^position, see <see cref="PositionParameters"/>.</summary>
    Position,

    /// <summary>2^position / scale.</summary>
    PositionScale,

    /// <summary>2^position / scale with an offset.</summary>
    PositionScaleOffset,

    /// <summary>A code book of powers of two, see <see cref="LogarithmicCode"/>.</summary>
    Logarithm,
}

/// <summary>mlu-ops' floor(log2 absmax) against Cambricon Caffe's truncation.</summary>
public enum PositionRule { Floor, Caffe }

/// <summary>Whether the zero point is added before or after rounding; the two differ at exact ties when it is odd.</summary>
public enum ZeroPointPlacement { AfterRounding, BeforeRounding }

/// <summary>When a scale is chosen.</summary>
public enum ScaleTime
{
    /// <summary>Once, from calibration.</summary>
    Calibrated,

    /// <summary>From the values at hand, on every run: of an image for convolutions, of a row for products when per channel.</summary>
    Dynamic,
}

/// <summary>How reals become codes.</summary>
public sealed record NumberFormat
{
    /// <summary>Of a code, 2 to 16; stored in the next type of 8 or 16 bits.</summary>
    public required int Bits { get; init; }

    public required Sign Sign { get; init; }

    public required Symmetry Symmetry { get; init; }

    public required Granularity Granularity { get; init; }

    /// <summary>Input channels that share a scale; of <see cref="Granularity.PerGroup"/> alone.</summary>
    public int GroupSize { get; init; }

    public required ScaleForm Scale { get; init; }

    /// <summary>Smallest code used; narrower than the type where the chip clamps so. Of the signed codes where the sign follows the range.</summary>
    public required int CodeLow { get; init; }

    public required int CodeHigh { get; init; }

    public required Rounding Rounding { get; init; }

    public ZeroPointPlacement ZeroPoint { get; init; } = ZeroPointPlacement.AfterRounding;

    public PositionRule Position { get; init; } = PositionRule.Floor;

    public ScaleTime Time { get; init; } = ScaleTime.Calibrated;

    /// <summary>Storage of the codes.</summary>
    public ElementType Type => (Sign == Sign.Unsigned, Bits > 8) switch
    {
        (true, false) => ElementType.UInt8,
        (true, true) => ElementType.UInt16,
        (false, false) => ElementType.Int8,
        (false, true) => ElementType.Int16,
    };

    /// <summary>Whether the storage holds codes that the chip does not use.</summary>
    public bool IsNarrow => (CodeLow, CodeHigh) != Type switch
    {
        ElementType.UInt8 => (0, 255),
        ElementType.UInt16 => (0, 65535),
        ElementType.Int8 => (-128, 127),
        _ => (-32768, 32767),
    };

    /// <summary>The format of a tensor of this range: itself, but for a sign that follows the range.</summary>
    public NumberFormat For(ValueRange range) => Sign != Sign.ByRange ? this
        : range.Min < 0 ? this with { Sign = Sign.Signed }
        : this with { Sign = Sign.Unsigned, CodeLow = 0, CodeHigh = (1 << Bits) - 1 };

    /// <summary>One line for people, such as "int8 [-128, 127] symmetric per tensor, float32 scale, half to even".</summary>
    public override string ToString()
    {
        string sign = Sign switch { Sign.Unsigned => "uint", Sign.Signed => "int", _ => "uint or int by range, " };
        string scale = Scale switch
        {
            ScaleForm.Float => "float32 scale",
            ScaleForm.FractionalLength => "2^-fl",
            ScaleForm.Position => $"2^position by {(Position == PositionRule.Floor ? "floor" : "Caffe's rule")}",
            ScaleForm.PositionScale => "2^position / scale",
            ScaleForm.PositionScaleOffset => "2^position / scale + offset",
            _ => "logarithmic code book",
        };
        string rounding = Rounding switch
        {
            Rounding.HalfToEven => "half to even",
            Rounding.HalfAwayFromZero => "half away from zero",
            Rounding.HalfUp => "half up",
            Rounding.TowardZero => "toward zero",
            _ => "VeriSilicon's rint",
        };
        string place = Symmetry == Symmetry.Asymmetric ? ZeroPoint == ZeroPointPlacement.BeforeRounding ? ", zero point inside" : ", zero point outside" : "";
        return $"{(Time == ScaleTime.Dynamic ? "dynamic " : "")}{sign}{Bits} [{CodeLow}, {CodeHigh}] {(Symmetry == Symmetry.Symmetric ? "symmetric" : "asymmetric")} "
            + $"per {(Granularity switch { Granularity.PerTensor => "tensor", Granularity.PerGroup => $"{GroupSize} input channels", _ => Time == ScaleTime.Dynamic ? "row" : "channel" })}, {scale}, {rounding}{place}";
    }
}
