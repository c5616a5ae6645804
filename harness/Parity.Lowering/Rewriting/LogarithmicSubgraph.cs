using Parity.Core;
using Parity.Onnx;

namespace Parity.Lowering;

/// <summary>
/// Logarithmic codes of activations in standard operators: code = Where(x at least the positive threshold, k, Where(x below the negative one, sign bit + max(k, 1), sign
/// bit)) with k = Clip(Round(steps x log2|x|) - z), then the code book by Gather. ONNX has no logarithmic QuantizeLinear, so there is no Q/DQ pair.
/// </summary>
internal static class LogarithmicSubgraph
{
    /// <returns>The tensor of code book values.</returns>
    public static string Add(NodeWriter writer, string tensor, LogarithmicCode code)
    {
        float perOctave = (float)(code.StepsPerOctave / Math.Log(2));
        string logarithm = writer.Node("Log", "logarithm", writer.Node("Abs", "magnitude", tensor));
        string steps = writer.Node("Sub", "steps", writer.Node("Mul", "scaled", logarithm, writer.Scalar("per_octave", perOctave)), writer.Scalar("z", code.Offset));
        string magnitude = writer.Node("Clip", "k", writer.Node("Round", "rounded", steps), writer.Scalar("least", 0), writer.Scalar("most", code.LargestMagnitude));
        string signBit = writer.Scalar("sign_bit", code.SignBit);
        string negative = writer.Node("Add", "negative", writer.Node("Max", "from_one", magnitude, writer.Scalar("one", 1)), signBit);
        string isPositive = writer.Node("GreaterOrEqual", "is_positive", tensor, writer.Scalar("positive_threshold", AtLeast(code.PositiveThreshold)));
        // Less than the float at or above a threshold is less than the threshold itself.
        string isNegative = writer.Node("Less", "is_negative", tensor, writer.Scalar("negative_threshold", AtLeast(code.NegativeThreshold)));
        string codes = writer.Node("Where", "code", isPositive, magnitude, writer.Node("Where", "code_or_zero", isNegative, negative, signBit));
        string index = writer.Node("Cast", "index", n => n.Set("to", (long)TensorType.Int32), codes);
        return writer.Node("Gather", "dq", writer.Constant("code_book", Tensor.Create(code.CodeBook(), 2 * code.SignBit)), index);
    }

    private static float AtLeast(double value) => (float)value is var near && near < value ? MathF.BitIncrement(near) : near;
}
