namespace Parity.Core;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014), one independent stream per index; the same on every machine.</summary>
public struct SplitMix64(ulong seed, int stream)
{
    private ulong _state = Mix(seed + 0x9E3779B97F4A7C15UL * (ulong)(stream + 1L));

    public ulong Next() => Mix(_state += 0x9E3779B97F4A7C15UL);

    /// <summary>Uniform in 0 .. bound-1, without modulo bias (Lemire 2019).</summary>
    public int Below(int bound)
    {
        ulong high = Math.BigMul(Next(), (ulong)bound, out ulong low);
        if (low < (ulong)bound)
        {
            ulong threshold = (0UL - (ulong)bound) % (ulong)bound;
            while (low < threshold)
                high = Math.BigMul(Next(), (ulong)bound, out low);
        }
        return (int)high;
    }

    private static ulong Mix(ulong z)
    {
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
        return z ^ (z >> 31);
    }
}
