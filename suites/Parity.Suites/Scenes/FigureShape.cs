using System.Collections.Immutable;
using System.Numerics;

namespace Parity.Suites.Scenes;

/// <summary>A figure where it is placed: rounded limbs between its joints, in drawing order.</summary>
/// <param name="Joints">By <see cref="FigureJoint"/>.</param>
internal sealed record FigureShape(ImmutableArray<(double X, double Y)> Joints, ImmutableArray<FigurePart> Parts)
{
    public SceneWindow Window
    {
        get
        {
            SceneWindow window = Parts[0].Window;
            foreach (FigurePart part in Parts)
                window = window.With(part.Window);
            return window;
        }
    }

    /// <summary>Stands within 27 degrees of upright, legs apart, each arm anywhere on its own side.</summary>
    public static FigureShape Place(ref SceneRandom random, int side)
    {
        double height = side * random.Between(0.34, 0.95), lean = random.Between(-0.5, 0.5), length = Math.Sqrt(1 + lean * lean);
        var up = (X: lean / length, Y: -1 / length);
        var right = (X: up.Y, Y: -up.X);
        var hip = (X: random.Between(0.0, side), Y: random.Between(0.1, 1.0) * side);
        (double X, double Y) Along((double X, double Y) from, double outward, double upward) =>
            (from.X + height * (outward * right.X + upward * up.X), from.Y + height * (outward * right.Y + upward * up.Y));
        (double X, double Y) neck = Along(hip, 0, 0.33), head = Along(neck, random.Between(-0.03, 0.03), 0.13);
        (double X, double Y) rightHand = Hand(ref random, 1), leftHand = Hand(ref random, -1), rightFoot = Foot(ref random, 1), leftFoot = Foot(ref random, -1);
        double limb = height * random.Between(0.04, 0.055), body = height * random.Between(0.07, 0.1), face = height * random.Between(0.08, 0.1);
        return new FigureShape(
            [head, neck, rightHand, leftHand, hip, rightFoot, leftFoot],
            [new(hip, rightFoot, limb), new(hip, leftFoot, limb), new(hip, neck, body), new(neck, rightHand, limb), new(neck, leftHand, limb), new(head, head, face)]);

        (double X, double Y) Hand(ref SceneRandom random, int sign)
        {
            (double outward, double upward) = random.Direction();
            return Along(neck, sign * 0.36 * (0.1 + 0.9 * Math.Abs(outward)), 0.36 * upward);
        }

        (double X, double Y) Foot(ref SceneRandom random, int sign)
        {
            double spread = random.Between(0.08, 0.8), reach = 0.42 / Math.Sqrt(1 + spread * spread);
            return Along(hip, sign * reach * spread, -reach);
        }
    }

    /// <summary>Fills <paramref name="coverage"/> within the window, which is clipped to the picture; returns the pixels of the whole figure.</summary>
    public int Rasterize(int side, byte[] coverage, out SceneWindow window)
    {
        SceneWindow whole = Window;
        window = whole.Within(side);
        int pixels = 0;
        for (int y = whole.Top; y < whole.Bottom; y++)
        {
            for (int x = whole.Left; x < whole.Right; x++)
            {
                int samples = 0;
                foreach (FigurePart part in Parts)
                    samples |= part.Samples(x, y);
                int covered = BitOperations.PopCount((uint)samples);
                pixels += covered >> 1 != 0 ? 1 : 0;
                if ((uint)x < (uint)side && (uint)y < (uint)side)
                    coverage[y * side + x] = (byte)covered;
            }
        }
        return pixels;
    }
}

/// <summary>All points within a radius (pixels) of the line between two joints.</summary>
internal readonly record struct FigurePart((double X, double Y) From, (double X, double Y) To, double Radius)
{
    public SceneWindow Window => SceneWindow.Around(From.X, From.Y, Radius).With(SceneWindow.Around(To.X, To.Y, Radius));

    /// <summary>Which of a pixel's 2 x 2 sample points lie inside, a bit each.</summary>
    public int Samples(int x, int y)
    {
        int samples = 0;
        for (int corner = 0; corner < 4; corner++)
        {
            double dx = x + ((corner & 1) == 0 ? 0.25 : 0.75) - From.X, dy = y + (corner < 2 ? 0.25 : 0.75) - From.Y;
            double ax = To.X - From.X, ay = To.Y - From.Y, squared = ax * ax + ay * ay;
            double t = squared > 0 ? Math.Clamp((dx * ax + dy * ay) / squared, 0, 1) : 0;
            double ex = dx - t * ax, ey = dy - t * ay;
            if (ex * ex + ey * ey <= Radius * Radius)
                samples |= 1 << corner;
        }
        return samples;
    }

    /// <summary>As <see cref="FigureShape.Rasterize"/>, of this part alone; false where the picture has no pixel of it.</summary>
    public bool Rasterize(int side, byte[] coverage, out SceneWindow window)
    {
        window = Window.Within(side);
        bool any = false;
        for (int y = window.Top; y < window.Bottom; y++)
        {
            for (int x = window.Left; x < window.Right; x++)
            {
                int covered = BitOperations.PopCount((uint)Samples(x, y));
                coverage[y * side + x] = (byte)covered;
                any |= covered >= 2;
            }
        }
        return any;
    }
}
