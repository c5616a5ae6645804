using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>
/// round(steps x log2 x) without a logarithm: within an octave the result changes at 2^((i + 0.5) / steps), which no float32 equals. The octave is cut so finely that each part has at most one such
/// value, and the part follows from the first bits of the mantissa.
/// </summary>
internal sealed class LogarithmSteps
{
    private const int MantissaBits = 23;

    private readonly int _steps, _shift;
    private readonly int[] _below, _threshold;

    /// <param name="steps">Of an octave; a power of two up to 128, as 16 or 128.</param>
    public LogarithmSteps(int steps)
    {
        _steps = steps;
        // The result changes fastest at 1, by steps / ln 2 for each unit: parts of 1 / (2 steps) hold at most .72 of a step.
        int parts = 2 * steps;
        _shift = MantissaBits - int.Log2(parts);
        (_below, _threshold) = (new int[parts], new int[parts]);
        for (int part = 0; part < parts; part++)
        {
            double first = 1 + (double)part / parts;
            int below = _below[part] = (int)Math.Round(steps * Math.Log2(first));
            // Mantissas compare as their bits do; the first float at or above the value.
            double change = Math.Pow(2, (below + 0.5) / steps);
            float at = (float)change;
            _threshold[part] = BitConverter.SingleToInt32Bits(at < change ? MathF.BitIncrement(at) : at) & ((1 << MantissaBits) - 1) | (change >= 2 ? 1 << MantissaBits : 0);
        }
    }

    /// <summary>Of magnitudes; minus <paramref name="offset"/>. 0 and subnormal ones give a result below that of every normal float, infinity and NaN one above.</summary>
    public void Round(ReadOnlySpan<float> magnitudes, int offset, Span<float> results)
    {
        int i = 0;
        if (Avx512F.IsSupported && _below.Length == 2 * Vector512<int>.Count)
        {
            Vector512<int> belowLow = Vector512.Create(_below), belowHigh = Vector512.Create(_below, Vector512<int>.Count);
            Vector512<int> atLow = Vector512.Create(_threshold), atHigh = Vector512.Create(_threshold, Vector512<int>.Count), mantissas = Vector512.Create((1 << MantissaBits) - 1);
            for (; i + Vector512<int>.Count <= magnitudes.Length; i += Vector512<int>.Count)
            {
                Vector512<int> all = Vector512.Create(magnitudes[i..]).AsInt32() & Vector512.Create(int.MaxValue), within = all & mantissas, place = within >>> _shift;
                Vector512<int> reached = Vector512.GreaterThanOrEqual(within, Avx512F.PermuteVar16x32x2(atLow, place, atHigh));
                // True is -1.
                Vector512<int> result = ((all >>> MantissaBits) - Vector512.Create(127)) * _steps + Avx512F.PermuteVar16x32x2(belowLow, place, belowHigh) - reached - Vector512.Create(offset);
                Vector512.ConvertToSingle(result).CopyTo(results[i..]);
            }
        }
        for (; i < magnitudes.Length; i++)
        {
            int bits = BitConverter.SingleToInt32Bits(magnitudes[i]) & int.MaxValue, mantissa = bits & ((1 << MantissaBits) - 1), part = mantissa >> _shift;
            int above = mantissa >= _threshold[part] ? 1 : 0;
            results[i] = ((bits >> MantissaBits) - 127) * _steps + _below[part] + above - offset;
        }
    }
}
