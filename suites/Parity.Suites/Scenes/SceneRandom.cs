namespace Parity.Suites.Scenes;

/// <summary>SplitMix64 (Steele, Lea, Flood 2014): 64-bit integer arithmetic only, so every machine draws the same scene.</summary>
internal struct SceneRandom(ulong state)
{
    private ulong _state = state;

    /// <summary>The generator of scene <paramref name="index"/>: the two numbers are mixed apart, so neighbours share nothing.</summary>
    public static SceneRandom Of(int seed, int index)
    {
        var mixed = new SceneRandom((uint)seed);
        return new SceneRandom(mixed.Next() ^ ((ulong)(uint)index * 0xD1342543DE82EF95));
    }

    public ulong Next()
    {
        _state += 0x9E3779B97F4A7C15;
        ulong z = _state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }

    /// <summary>Uniform in 0 .. <paramref name="count"/> - 1.</summary>
    public int Below(int count) => (int)(((Next() >> 32) * (ulong)count) >> 32);

    /// <summary>Uniform in <paramref name="least"/> .. <paramref name="most"/>, both included.</summary>
    public int Between(int least, int most) => least + Below(most - least + 1);

    /// <summary>Uniform in [<paramref name="least"/>, <paramref name="most"/>).</summary>
    public double Between(double least, double most) => least + (Next() >> 11) * (1.0 / (1UL << 53)) * (most - least);

    public bool Chance(int percent) => Below(100) < percent;

    /// <summary>A unit vector of uniform direction, by rejection: sine and cosine differ between platforms, the square root does not.</summary>
    public (double X, double Y) Direction()
    {
        while (true)
        {
            double x = Between(-1.0, 1.0), y = Between(-1.0, 1.0);
            double squared = x * x + y * y;
            if (squared is > 0.01 and <= 1)
            {
                double length = Math.Sqrt(squared);
                return (x / length, y / length);
            }
        }
    }
}
