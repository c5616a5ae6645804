using System.Numerics;
using System.Runtime.InteropServices;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>Searches over raw outputs, a vector at a time.</summary>
internal static class ScoreScan
{
    /// <summary>
    /// How far beyond 0 and 1 a probability may lie: half a step of a quantizer that shares one coarse scale between scores and boxes. That is a loss to be
    /// measured, not a fault; logits lie whole units outside.
    /// </summary>
    private const float Tolerance = 0.5f;

    /// <summary>Index of the first NaN or infinity; -1 without any.</summary>
    public static int FirstNonFinite(ReadOnlySpan<float> values)
    {
        // All exponent bits set is NaN or infinity, and nothing else reaches the integer value of infinity without its sign.
        ReadOnlySpan<int> bits = MemoryMarshal.Cast<float, int>(values);
        var magnitude = new Vector<int>(int.MaxValue);
        var infinity = new Vector<int>(0x7f800000);
        int i = 0;
        for (; i + Vector<int>.Count <= bits.Length; i += Vector<int>.Count)
        {
            if (Vector.GreaterThanOrEqualAny(new Vector<int>(bits[i..]) & magnitude, infinity))
                break;
        }
        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }
        return -1;
    }

    /// <summary>The greatest of finite values; -infinity of none.</summary>
    public static float Max(ReadOnlySpan<float> values)
    {
        float most = float.NegativeInfinity;
        int i = 0;
        if (values.Length >= Vector<float>.Count)
        {
            var lanes = new Vector<float>(values);
            for (i = Vector<float>.Count; i + Vector<float>.Count <= values.Length; i += Vector<float>.Count)
                lanes = Vector.Max(lanes, new Vector<float>(values[i..]));
            for (int lane = 0; lane < Vector<float>.Count; lane++)
                most = Math.Max(most, lanes[lane]);
        }
        for (; i < values.Length; i++)
            most = Math.Max(most, values[i]);
        return most;
    }

    /// <summary>most[i] = max(most[i], values[i]).</summary>
    public static void MaxInto(ReadOnlySpan<float> values, Span<float> most)
    {
        values = values[..most.Length];
        int i = 0;
        for (; i + Vector<float>.Count <= most.Length; i += Vector<float>.Count)
            Vector.Max(new Vector<float>(values[i..]), new Vector<float>(most[i..])).CopyTo(most[i..]);
        for (; i < most.Length; i++)
            most[i] = Math.Max(most[i], values[i]);
    }

    public static float Sigmoid(float x) => 1f / (1f + MathF.Exp(-x));

    /// <exception cref="FaultException">The value is no probability.</exception>
    public static void RequireProbability(float value, string what, string output, Sample sample)
    {
        if (value is < -Tolerance or > 1 + Tolerance)
            throw new FaultException(
                FormattableString.Invariant($"output '{output}' has a {what} of {value}, which is not from 0 to 1"), $"sample {sample.Id}",
                "Apply the sigmoid (decoder.apply-sigmoid where the decoder has it), or choose the decoder that fits.");
    }
}
