using System.Runtime.Intrinsics;

namespace Parity.Benchmarks.Comparing;

/// <summary>The least that reading two streams costs: every byte loaded once into the widest registers, nothing computed but an "or".</summary>
internal static class MemoryRead
{
    public static unsafe ulong Read(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var x0 = Vector512<float>.Zero; var x1 = x0; var y0 = x0; var y1 = x0;
        fixed (float* p = a, q = b)
        {
            for (int i = 0; i + 32 <= a.Length; i += 32)
            {
                x0 |= Vector512.Load(p + i); x1 |= Vector512.Load(p + i + 16);
                y0 |= Vector512.Load(q + i); y1 |= Vector512.Load(q + i + 16);
            }
        }
        return Vector512.Sum(((x0 | x1) ^ (y0 | y1)).AsUInt64());
    }
}
