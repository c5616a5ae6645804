namespace Parity.Adapters.OnnxRuntime;

/// <summary>What one operator of a chain does to each value; codes are whole numbers in float32, conditions 1 or 0.</summary>
internal enum ChainOperation
{
    Divide,
    Multiply,
    Add,
    Subtract,
    MultiplyBoth,
    AddBoth,
    SubtractBoth,
    Abs,
    Floor,
    Sign,
    Round,
    Clip,
    AtLeast,
    Log,
    RoundedLogarithm,
    IsAtLeast,
    IsLess,
    Where,
    WhereElse,
    Truncate,
    Look,
    ToHalf,
    Quantize,
    Dequantize,
    QuantizeAndBack,
    RoundAway,
    ScaleClipped,
}

/// <param name="Target">Register that is written.</param>
/// <param name="A">Register that is read; B and C likewise, where the operation has them.</param>
/// <param name="X">Constant operand: the second of arithmetic, the low end of a clip, the scale.</param>
/// <param name="Y">The high end of a clip, the zero point, what stands where a condition is false.</param>
/// <param name="Low">Ends of a quantizer's codes, the zero point taken away.</param>
/// <param name="Table">Looked up by index.</param>
/// <param name="Logarithms">Of <see cref="ChainOperation.RoundedLogarithm"/>, which takes Y from their result.</param>
internal readonly record struct ChainStep(ChainOperation Operation, int Target, int A, int B = 0, int C = 0, float X = 0, float Y = 0, float Low = 0, float High = 0, float[]? Table = null, LogarithmSteps? Logarithms = null)
{
    public bool Reads(int register) => A == register
        || (B == register && Operation is ChainOperation.MultiplyBoth or ChainOperation.AddBoth or ChainOperation.SubtractBoth or ChainOperation.Where or ChainOperation.WhereElse)
        || (C == register && Operation == ChainOperation.Where);
}
