namespace Parity.Core;

/// <summary>Why a measure of divergence has a value or has none. From best to worst, except that empty tensors compare with nothing.</summary>
public enum DivergenceState
{
    /// <summary>No elements, or no image: nothing was compared, and no measure has a value. Never a sign of agreement.</summary>
    Empty,

    /// <summary>All elements equal: SQNR has no value because there is no noise.</summary>
    Exact,

    /// <summary>Every measure has a value.</summary>
    Compared,

    /// <summary>The reference is all zero and the target is not: SQNR and NMSE have no value because there is no signal.</summary>
    ZeroReference,

    /// <summary>A NaN or an infinity on either side: no measure has a value.</summary>
    NonFinite,
}
