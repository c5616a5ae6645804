using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Parity.Adapters.OnnxRuntime;

/// <summary>float32 to the nearest half and back, ties to even, as two Casts do: a conversion there and one back took twice as long.</summary>
internal static class HalfRounding
{
    /// <param name="values">A multiple of 16 of them.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Round(ReadOnlySpan<float> values, Span<float> results)
    {
        ReadOnlySpan<Vector512<float>> from = MemoryMarshal.Cast<float, Vector512<float>>(values);
        Span<Vector512<float>> to = MemoryMarshal.Cast<float, Vector512<float>>(results);
        Vector512<uint> half = Vector512.Create(0xFFFu), one = Vector512<uint>.One, kept = Vector512.Create(~0x1FFFu), sign = Vector512.Create(0x8000_0000u);
        Vector512<float> subnormal = Vector512.Create(6.103515625e-05f), step = Vector512.Create(0.5f), overflow = Vector512.Create(65520f), infinity = Vector512.Create(float.PositiveInfinity);
        for (int i = 0; i < to.Length; i++)
        {
            Vector512<float> magnitude = Vector512.Abs(from[i]);
            Vector512<uint> bits = magnitude.AsUInt32();
            // Ten bits of the mantissa stay; a half more, less one where that leaves an even number.
            Vector512<float> normal = ((bits + half + ((bits >>> 13) & one)) & kept).AsSingle();
            // Floats from one half to one are 2^-24 apart, as subnormal halves are.
            Vector512<float> rounded = Vector512.ConditionalSelect(Vector512.LessThan(magnitude, subnormal), magnitude + step - step, normal);
            rounded = Vector512.ConditionalSelect(Vector512.GreaterThanOrEqual(magnitude, overflow), infinity, rounded);
            rounded = Vector512.ConditionalSelect(Vector512.Equals(magnitude, magnitude), rounded, from[i]);
            to[i] = (rounded.AsUInt32() | (from[i].AsUInt32() & sign)).AsSingle();
        }
    }
}
