namespace Parity.Suites.Scenes;

/// <summary>The classes of a scene, in the order of their ids 1 .. 6.</summary>
public enum SceneClass { Disc = 1, Square, Triangle, Star, Ring, Cross }

/// <summary>One shape where it is placed: centre in pixels, rotation as a unit vector, half-axes in pixels.</summary>
internal readonly record struct SceneShape(SceneClass Class, double CenterX, double CenterY, double Cos, double Sin, double HalfWidth, double HalfHeight)
{
    /// <summary>No point of the shape is further from its centre, in pixels.</summary>
    public double Reach => 1.16 * Math.Max(HalfWidth, HalfHeight);

    /// <summary>How many of a pixel's 2 x 2 sample points lie inside: 0 to 4.</summary>
    public int Coverage(int x, int y)
    {
        int inside = 0;
        for (int corner = 0; corner < 4; corner++)
        {
            double dx = x + ((corner & 1) == 0 ? 0.25 : 0.75) - CenterX, dy = y + (corner < 2 ? 0.25 : 0.75) - CenterY;
            if (Contains((dx * Cos + dy * Sin) / HalfWidth, (dy * Cos - dx * Sin) / HalfHeight))
                inside++;
        }
        return inside;
    }

    private bool Contains(double u, double v)
    {
        switch (Class)
        {
            case SceneClass.Disc:
                return u * u + v * v <= 1;
            case SceneClass.Ring:
                double squared = u * u + v * v;
                return squared is <= 1 and >= 0.3;
            case SceneClass.Square:
                return Math.Abs(u) <= 0.8 && Math.Abs(v) <= 0.8;
            case SceneClass.Triangle:
                return v <= 0.5 && Math.Abs(u) * 1.7320508075688772 <= v + 1;
            case SceneClass.Cross:
                return (Math.Abs(u) <= 0.3 && Math.Abs(v) <= 1) || (Math.Abs(v) <= 0.3 && Math.Abs(u) <= 1);
            default:
                // A pentagram: its tips lie beyond exactly one of the five lines, its middle beyond none.
                double w = Math.Abs(u);
                int beyond = v > 0.30901699437494745 ? 1 : 0;
                beyond += 0.9510565162951535 * w + 0.30901699437494745 * v > 0.30901699437494745 ? 1 : 0;
                beyond += 0.30901699437494745 * v - 0.9510565162951535 * w > 0.30901699437494745 ? 1 : 0;
                beyond += 0.5877852522924731 * w - 0.8090169943749475 * v > 0.30901699437494745 ? 1 : 0;
                beyond += -0.5877852522924731 * w - 0.8090169943749475 * v > 0.30901699437494745 ? 1 : 0;
                return beyond <= 1;
        }
    }
}
