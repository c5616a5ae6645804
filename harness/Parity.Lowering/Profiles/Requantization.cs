namespace Parity.Lowering;

/// <summary>How a chip multiplies its sums back to codes. Q/DQ in float does it in float32; integer kernels do as this says.</summary>
public enum MultiplierForm
{
    /// <summary>float32 factors.</summary>
    Float32,

    /// <summary>16 significant bits and a shift, <see cref="IntegerMultiplier.EtnavivV7"/>.</summary>
    EtnavivV7,

    /// <summary>24 significant bits and a shift, <see cref="IntegerMultiplier.EtnavivV8"/>.</summary>
    EtnavivV8,

    /// <summary>15 significant bits and a shift, <see cref="IntegerMultiplier.Rocket"/>.</summary>
    Rocket,

    /// <summary>A shift alone, as scales that are powers of two need.</summary>
    Shift,

    /// <summary>No public source.</summary>
    Unknown,
}

/// <param name="AccumulatorBits">0: not public.</param>
/// <param name="Rounding">Of the last step; the tie rule of a board may differ.</param>
public sealed record Requantization(MultiplierForm Multiplier, Rounding Rounding, int AccumulatorBits);
