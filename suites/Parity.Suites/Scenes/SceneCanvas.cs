namespace Parity.Suites.Scenes;

/// <summary>The paint of a scene: background, textured shapes, then light, blur and sensor noise. 8-bit BGR, rows from the top.</summary>
internal sealed class SceneCanvas(int side)
{
    private enum Texture { Plain, Gradient, Stripes, Checks, Speckle }

    public byte[] Bgr { get; private set; } = new byte[side * side * 3];

    public void DrawBackground(ref SceneRandom random)
    {
        (int B, int G, int R) from = Color(ref random), to = Color(ref random);
        (double cos, double sin) = random.Direction();
        bool split = random.Chance(35);
        double edge = random.Between(-0.3, 0.3) * side;
        int cell = random.Between(4, 24), depth = random.Between(0, 45);
        int[] lattice = Lattice(ref random, cell);
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                double along = (x - side / 2) * cos + (y - side / 2) * sin;
                int mix = split ? (along > edge ? 256 : 0) : Math.Clamp((int)(128 + along * 180 / side), 0, 256);
                int grain = ValueNoise(lattice, cell, x, y) * depth / 256;
                Set(y * side + x, Mix(from, to, mix), grain);
            }
        }
        for (int i = random.Between(0, 6); i > 0; i--)
            DrawGlow(ref random);
        for (int i = random.Between(0, 12); i > 0; i--)
            DrawLine(ref random);
    }

    /// <summary>Paints what <paramref name="coverage"/> (0 to 4 quarters of a pixel) says within the window: two colours apart from what lies below, in a texture around a centre.</summary>
    public void DrawPart(ref SceneRandom random, double centerX, double centerY, double reach, byte[] coverage, SceneWindow window)
    {
        (int B, int G, int R) under = Mean(coverage, window), first = Color(ref random);
        for (int i = 0; i < 8 && Math.Abs(first.B - under.B) + Math.Abs(first.G - under.G) + Math.Abs(first.R - under.R) < 90; i++)
            first = Color(ref random);
        int shift = random.Between(25, 80) * (first.B + first.G + first.R > 382 ? -1 : 1);
        var second = (B: first.B + shift + random.Between(-20, 20), G: first.G + shift + random.Between(-20, 20), R: first.R + shift + random.Between(-20, 20));
        var texture = (Texture)random.Below(5);
        (double cos, double sin) = random.Direction();
        double period = random.Between(2.0, 9.0);
        for (int y = window.Top; y < window.Bottom; y++)
        {
            for (int x = window.Left; x < window.Right; x++)
            {
                int at = y * side + x, covered = coverage[at];
                if (covered == 0)
                    continue;
                double dx = x - centerX, dy = y - centerY, along = dx * cos + dy * sin, across = dy * cos - dx * sin;
                int mix = texture switch
                {
                    Texture.Plain => 0,
                    Texture.Gradient => Math.Clamp((int)(128 + 128 * along / reach), 0, 256),
                    Texture.Stripes => ((int)Math.Floor(along / period) & 1) * 256,
                    Texture.Checks => (((int)Math.Floor(along / period) + (int)Math.Floor(across / period)) & 1) * 256,
                    _ => (int)(random.Next() >> 56),
                };
                Blend(at, Mix(first, second, mix), covered * 64);
            }
        }
    }

    /// <summary>What camera and light do to the whole picture.</summary>
    public void Expose(ref SceneRandom random)
    {
        if (random.Chance(30))
            Blur();
        int gain = random.Between(150, 320), lift = random.Between(-16, 16), noise = random.Between(1, 14);
        (double cos, double sin) = random.Direction();
        double slope = random.Between(0.0, 120.0) / side;
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                int light = gain + (int)(((x - side / 2) * cos + (y - side / 2) * sin) * slope);
                ulong bits = random.Next();
                for (int channel = 0; channel < 3; channel++, bits >>= 20)
                {
                    // Four 5-bit uniforms make a bell of standard deviation 18.5 around 62.
                    int bell = (int)(bits & 31) + (int)((bits >> 5) & 31) + (int)((bits >> 10) & 31) + (int)((bits >> 15) & 31) - 62;
                    int at = (y * side + x) * 3 + channel;
                    Bgr[at] = Byte(((Bgr[at] * light) >> 8) + lift + bell * noise / 18);
                }
            }
        }
    }

    private static (int B, int G, int R) Color(ref SceneRandom random)
    {
        ulong bits = random.Next();
        return ((int)(bits & 255), (int)((bits >> 8) & 255), (int)((bits >> 16) & 255));
    }

    private static (int B, int G, int R) Mix((int B, int G, int R) a, (int B, int G, int R) b, int mix) =>
        (a.B + (((b.B - a.B) * mix) >> 8), a.G + (((b.G - a.G) * mix) >> 8), a.R + (((b.R - a.R) * mix) >> 8));

    private static byte Byte(int value) => (byte)Math.Clamp(value, 0, 255);

    private void Set(int at, (int B, int G, int R) color, int add)
    {
        Bgr[at * 3] = Byte(color.B + add);
        Bgr[at * 3 + 1] = Byte(color.G + add);
        Bgr[at * 3 + 2] = Byte(color.R + add);
    }

    private void Blend(int at, (int B, int G, int R) color, int alpha) => Set(at, Mix((Bgr[at * 3], Bgr[at * 3 + 1], Bgr[at * 3 + 2]), color, alpha), 0);

    private (int B, int G, int R) Mean(byte[] coverage, SceneWindow window)
    {
        int b = 0, g = 0, r = 0, count = 0;
        for (int y = window.Top; y < window.Bottom; y++)
        {
            for (int at = y * side + window.Left; at < y * side + window.Right; at++)
            {
                if (coverage[at] < 2)
                    continue;
                (b, g, r, count) = (b + Bgr[at * 3], g + Bgr[at * 3 + 1], r + Bgr[at * 3 + 2], count + 1);
            }
        }
        return (b / count, g / count, r / count);
    }

    private int[] Lattice(ref SceneRandom random, int cell)
    {
        int points = side / cell + 2;
        var lattice = new int[points * points];
        foreach (ref int value in lattice.AsSpan())
            value = random.Between(-256, 256);
        return lattice;
    }

    private int ValueNoise(int[] lattice, int cell, int x, int y)
    {
        int points = side / cell + 2, at = y / cell * points + x / cell, fx = x % cell, fy = y % cell;
        int top = lattice[at] * (cell - fx) + lattice[at + 1] * fx;
        int bottom = lattice[at + points] * (cell - fx) + lattice[at + points + 1] * fx;
        return (top * (cell - fy) + bottom * fy) / (cell * cell);
    }

    /// <summary>A soft spot of light or shadow, without an edge that could be a shape's.</summary>
    private void DrawGlow(ref SceneRandom random)
    {
        double centerX = random.Between(0.0, side), centerY = random.Between(0.0, side), radius = random.Between(0.1, 0.5) * side;
        int strength = random.Between(-60, 60);
        for (int y = 0; y < side; y++)
        {
            for (int x = 0; x < side; x++)
            {
                double near = 1 - ((x - centerX) * (x - centerX) + (y - centerY) * (y - centerY)) / (radius * radius);
                int at = y * side + x;
                if (near > 0)
                    Set(at, (Bgr[at * 3], Bgr[at * 3 + 1], Bgr[at * 3 + 2]), (int)(strength * near * near));
            }
        }
    }

    private void DrawLine(ref SceneRandom random)
    {
        (double cos, double sin) = random.Direction();
        double x = random.Between(0.0, side), y = random.Between(0.0, side), length = random.Between(0.1, 0.8) * side;
        int width = random.Between(1, 2), alpha = random.Between(80, 256);
        (int B, int G, int R) color = Color(ref random);
        for (double t = 0; t < length; t += 1)
        {
            int px = (int)Math.Floor(x + t * cos), py = (int)Math.Floor(y + t * sin);
            for (int i = 0; i < width * width; i++)
            {
                int qx = px + i % width, qy = py + i / width;
                if ((uint)qx < (uint)side && (uint)qy < (uint)side)
                    Blend(qy * side + qx, color, alpha);
            }
        }
    }

    /// <summary>The binomial kernel 1 2 1 in both directions, borders repeated.</summary>
    private void Blur()
    {
        var blurred = new byte[Bgr.Length];
        for (int y = 0; y < side; y++)
        {
            int above = Math.Max(y - 1, 0), below = Math.Min(y + 1, side - 1);
            for (int x = 0; x < side; x++)
            {
                int left = Math.Max(x - 1, 0), right = Math.Min(x + 1, side - 1);
                for (int channel = 0; channel < 3; channel++)
                {
                    int Row(int row) => Bgr[(row * side + left) * 3 + channel] + 2 * Bgr[(row * side + x) * 3 + channel] + Bgr[(row * side + right) * 3 + channel];
                    blurred[(y * side + x) * 3 + channel] = (byte)((Row(above) + 2 * Row(y) + Row(below) + 8) >> 4);
                }
            }
        }
        Bgr = blurred;
    }
}
