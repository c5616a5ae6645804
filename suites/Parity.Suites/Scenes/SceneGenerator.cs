using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Scenes;

/// <summary>
/// Draws scene number <c>index</c> of a seed: the same pixels and boxes on every machine, as only integers and IEEE + - * / sqrt are used. A shape is
/// placed only where every shape, itself too, stays half visible, so that no shape is without its box.
/// </summary>
public static class SceneGenerator
{
    private const int LeastVisiblePixels = 24;

    /// <param name="side">Width and height in pixels, 64 to 1024; shapes scale with it.</param>
    public static Scene Draw(int seed, int index, int side)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 64);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(side, 1024);
        SceneRandom random = SceneRandom.Of(seed, index);
        var canvas = new SceneCanvas(side);
        canvas.DrawBackground(ref random);

        var owners = new byte[side * side];
        var whole = new List<int>();
        var visible = new List<int>();
        var classes = new List<SceneClass>();
        var coverage = new byte[side * side];
        int wanted = random.Between(2, 9);
        for (int trial = 0; trial < 6 * wanted && classes.Count < wanted; trial++)
        {
            SceneShape shape = Place(ref random, side);
            int pixels = Rasterize(shape, side, coverage, out (int Left, int Top, int Right, int Bottom) window);
            if (!Fits(coverage, owners, side, window, pixels, whole, visible, out int inside))
                continue;
            Own(coverage, owners, side, window, (byte)(classes.Count + 1), visible);
            classes.Add(shape.Class);
            whole.Add(pixels);
            visible.Add(inside);
            canvas.DrawShape(ref random, shape, coverage, window);
        }
        canvas.Expose(ref random);
        return new Scene(new Picture(side, side, canvas.Bgr), Boxes(owners, side, classes, whole));
    }

    private static SceneShape Place(ref SceneRandom random, int side)
    {
        var kind = (SceneClass)random.Between(1, 6);
        // Sizes are uniform within a band and bands weighted, so that small, medium and large boxes all occur.
        int band = random.Below(100);
        (double least, double most) = band < 20 ? (0.038, 0.07) : band < 50 ? (0.07, 0.13) : band < 76 ? (0.13, 0.27) : (0.27, 0.47);
        double radius = side * random.Between(least, most);
        double squeeze = random.Between(0.65, 1.0);
        (double cos, double sin) = random.Direction();
        return new SceneShape(kind, random.Between(0.0, side), random.Between(0.0, side), cos, sin, radius, radius * squeeze);
    }

    /// <summary>Fills <paramref name="coverage"/> within the window, which is clipped to the picture; returns the pixels of the whole shape.</summary>
    internal static int Rasterize(in SceneShape shape, int side, byte[] coverage, out (int Left, int Top, int Right, int Bottom) window)
    {
        int left = (int)Math.Floor(shape.CenterX - shape.Reach), right = (int)Math.Ceiling(shape.CenterX + shape.Reach);
        int top = (int)Math.Floor(shape.CenterY - shape.Reach), bottom = (int)Math.Ceiling(shape.CenterY + shape.Reach);
        window = (Math.Max(left, 0), Math.Max(top, 0), Math.Min(right, side), Math.Min(bottom, side));
        int pixels = 0;
        for (int y = top; y < bottom; y++)
        {
            for (int x = left; x < right; x++)
            {
                int covered = shape.Coverage(x, y);
                pixels += covered >> 1 != 0 ? 1 : 0;
                if ((uint)x < (uint)side && (uint)y < (uint)side)
                    coverage[y * side + x] = (byte)covered;
            }
        }
        return pixels;
    }

    private static bool Fits(
        byte[] coverage, byte[] owners, int side, (int Left, int Top, int Right, int Bottom) window, int pixels, List<int> whole, List<int> visible, out int inside)
    {
        inside = 0;
        Span<int> hidden = stackalloc int[whole.Count + 1];
        for (int y = window.Top; y < window.Bottom; y++)
        {
            for (int at = y * side + window.Left; at < y * side + window.Right; at++)
            {
                if (coverage[at] < 2)
                    continue;
                inside++;
                hidden[owners[at]]++;
            }
        }
        if (inside < LeastVisiblePixels || 10 * inside < 7 * pixels)
            return false;
        for (int i = 0; i < whole.Count; i++)
        {
            int left = visible[i] - hidden[i + 1];
            if (hidden[i + 1] > 0 && (left < LeastVisiblePixels || 2 * left < whole[i]))
                return false;
        }
        return true;
    }

    private static void Own(byte[] coverage, byte[] owners, int side, (int Left, int Top, int Right, int Bottom) window, byte owner, List<int> visible)
    {
        for (int y = window.Top; y < window.Bottom; y++)
        {
            for (int at = y * side + window.Left; at < y * side + window.Right; at++)
            {
                if (coverage[at] < 2)
                    continue;
                if (owners[at] != 0)
                    visible[owners[at] - 1]--;
                owners[at] = owner;
            }
        }
    }

    private static ImmutableArray<SceneBox> Boxes(byte[] owners, int side, List<SceneClass> classes, List<int> whole)
    {
        var boxes = ImmutableArray.CreateBuilder<SceneBox>(classes.Count);
        for (int i = 0; i < classes.Count; i++)
        {
            int left = side, top = side, right = 0, bottom = 0, visible = 0;
            for (int at = 0; at < owners.Length; at++)
            {
                if (owners[at] != i + 1)
                    continue;
                visible++;
                (left, right) = (Math.Min(left, at % side), Math.Max(right, at % side + 1));
                (top, bottom) = (Math.Min(top, at / side), Math.Max(bottom, at / side + 1));
            }
            boxes.Add(new SceneBox(classes[i], left, top, right - left, bottom - top, visible, whole[i]));
        }
        return boxes.MoveToImmutable();
    }
}
