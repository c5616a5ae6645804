namespace Parity.Lowering;

/// <summary>Whether tensors of one operator must have the same scale and zero point; they then get those of the union of their ranges.</summary>
public enum ScaleSharing
{
    None,

    /// <summary>All data inputs, as an integer adder without multipliers needs them.</summary>
    Inputs,

    /// <summary>All data inputs and the output: codes are moved.</summary>
    InputsAndOutput,
}
