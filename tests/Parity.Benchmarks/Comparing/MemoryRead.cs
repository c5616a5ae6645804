using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Parity.Benchmarks.Comparing;

/// <summary>The least that reading two streams costs: every byte loaded once into the widest registers, nothing computed but an "or".</summary>
internal static class MemoryRead
{
    /// <summary>With prefetching, as <see cref="Plain"/> is slower from memory.</summary>
    public static unsafe ulong Best(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (!Sse.IsSupported)
            return Plain(a, b);
        const int ahead = 512;
        var x0 = Vector512<float>.Zero; var x1 = x0; var y0 = x0; var y1 = x0;
        fixed (float* p = a, q = b)
        {
            for (int i = 0; i + 32 <= a.Length; i += 32)
            {
                Sse.Prefetch0(p + i + ahead); Sse.Prefetch0(p + i + ahead + 16);
                Sse.Prefetch0(q + i + ahead); Sse.Prefetch0(q + i + ahead + 16);
                x0 |= Vector512.Load(p + i); x1 |= Vector512.Load(p + i + 16);
                y0 |= Vector512.Load(q + i); y1 |= Vector512.Load(q + i + 16);
            }
        }
        return Vector512.Sum(((x0 | x1) ^ (y0 | y1)).AsUInt64());
    }

    public static unsafe ulong Plain(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
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
