using Parity.Core;

namespace Parity.Suites.Scenes;

/// <summary>
/// Draws scene number <c>index</c> of a seed: the same pixels and boxes on every machine, as only integers and IEEE + - * / sqrt are used.
/// </summary>
public static class SceneGenerator
{
    /// <param name="side">Width and height in pixels, 64 to 1024; shapes scale with it.</param>
    public static Scene Draw(int seed, int index, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, 1024);
        SceneRandom random = SceneRandom.Of(seed, index);
        var canvas = new SceneCanvas(side);
        canvas.DrawBackground(ref random);

        var layers = new SceneLayers(side);
        var classes = new List<SceneClass>();
        int wanted = random.Between(2, 9);
        for (int trial = 0; trial < 6 * wanted && classes.Count < wanted; trial++)
        {
            SceneShape shape = Place(ref random, (SceneClass)random.Between(1, 6), side);
            int pixels = Rasterize(shape, side, layers.Coverage, out SceneWindow window);
            if (!layers.TryAdd(pixels, window))
                continue;
            classes.Add(shape.Class);
            canvas.DrawPart(ref random, shape.CenterX, shape.CenterY, shape.Reach, layers.Coverage, window);
        }
        canvas.Expose(ref random);
        return new Scene(new Picture(side, side, canvas.Bgr), [.. classes.Select((kind, i) => BoxOf(layers, i, kind))]);
    }

    internal static SceneShape Place(ref SceneRandom random, SceneClass kind, int side)
    {
        // Sizes are uniform within a band and bands weighted, so that small, medium and large boxes all occur.
        int band = random.Below(100);
        (double least, double most) = band < 20 ? (0.038, 0.07) : band < 50 ? (0.07, 0.13) : band < 76 ? (0.13, 0.27) : (0.27, 0.47);
        double radius = side * random.Between(least, most);
        double squeeze = random.Between(0.65, 1.0);
        (double cos, double sin) = random.Direction();
        return new SceneShape(kind, random.Between(0.0, side), random.Between(0.0, side), cos, sin, radius, radius * squeeze);
    }

    /// <summary>Fills <paramref name="coverage"/> within the window, which is clipped to the picture; returns the pixels of the whole shape.</summary>
    internal static int Rasterize(in SceneShape shape, int side, byte[] coverage, out SceneWindow window)
    {
        SceneWindow whole = SceneWindow.Around(shape.CenterX, shape.CenterY, shape.Reach);
        window = whole.Within(side);
        int pixels = 0;
        for (int y = whole.Top; y < whole.Bottom; y++)
        {
            for (int x = whole.Left; x < whole.Right; x++)
            {
                int covered = shape.Coverage(x, y);
                pixels += covered >> 1 != 0 ? 1 : 0;
                if ((uint)x < (uint)side && (uint)y < (uint)side)
                    coverage[y * side + x] = (byte)covered;
            }
        }
        return pixels;
    }

    private static SceneBox BoxOf(SceneLayers layers, int index, SceneClass kind)
    {
        (SceneWindow window, int visible, int whole) = layers.ExtentOf(index);
        return new SceneBox(kind, window.Left, window.Top, window.Right - window.Left, window.Bottom - window.Top, visible, whole);
    }
}
