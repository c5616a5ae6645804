using System.Runtime.CompilerServices;

namespace Parity.Suites.Coco;

/// <summary>
/// Polygon to mask, pixel for pixel as pycocotools' <c>rleFrPoly</c>: the outline on a grid five times finer, of which the crossings at
/// column centres count. Holds scratch memory: one instance a thread.
/// </summary>
internal sealed class PolygonRaster
{
    /// <summary>Steps of the finer grid in a pixel, and the step at its centre.</summary>
    private const int Scale = 5, Centre = 2;

    private int[] _crossings = new int[256];
    private int[] _xs = new int[64];
    private int[] _ys = new int[64];
    private int _count;

    /// <param name="points">x, y of each corner, pixels.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Draw(ReadOnlySpan<double> points, int height, int width, Mask mask)
    {
        int corners = points.Length / 2;
        if (_xs.Length <= corners)
            (_xs, _ys) = (new int[corners * 2], new int[corners * 2]);
        for (int j = 0; j < corners; j++)
        {
            _xs[j] = Truncate((Scale * points[j * 2]) + 0.5);
            _ys[j] = Truncate((Scale * points[(j * 2) + 1]) + 0.5);
        }
        (_xs[corners], _ys[corners]) = (_xs[0], _ys[0]);
        _count = 0;
        bool hasLast = false;
        int lastX = 0, lastY = 0;
        for (int j = 0; j < corners; j++)
            Edge(_xs[j], _ys[j], _xs[j + 1], _ys[j + 1], height, width, ref hasLast, ref lastX, ref lastY);
        Span<int> crossings = _crossings.AsSpan(0, _count);
        crossings.Sort();
        mask.Clear();
        // Crossings come in pairs of entering and leaving; what an odd one enters it leaves at the picture's end. Equal ones cancel out.
        for (int i = 0; i < crossings.Length; i += 2)
            mask.Add(crossings[i], i + 1 < crossings.Length ? crossings[i + 1] : height * width);
    }

    /// <summary>Walks an edge in unit steps along its longer side, looking at each step from the point before.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Edge(int fromX, int fromY, int toX, int toY, int height, int width, ref bool hasLast, ref int lastX, ref int lastY)
    {
        int dx = Math.Abs(toX - fromX), dy = Math.Abs(toY - fromY);
        bool flat = dx >= dy;
        bool flip = (flat && fromX > toX) || (!flat && fromY > toY);
        int startX = flip ? toX : fromX, startY = flip ? toY : fromY, endX = flip ? fromX : toX, endY = flip ? fromY : toY;
        double slope = flat ? (double)(endY - startY) / dx : (double)(endX - startX) / dy;
        int steps = flat ? dx : dy;
        for (int d = 0; d <= steps; d++)
        {
            int t = flip ? steps - d : d;
            int x = flat ? t + startX : Truncate(startX + (slope * t) + 0.5);
            int y = flat ? Truncate(startY + (slope * t) + 0.5) : t + startY;
            if (hasLast && x != lastX)
                Cross(x < lastX ? x : x - 1, Math.Min(y, lastY), height, width);
            (hasLast, lastX, lastY) = (true, x, y);
        }
    }

    /// <summary>Keeps a crossing that is at the centre of a column, as the place in the mask from which pixels change.</summary>
    private void Cross(int x, int y, int height, int width)
    {
        // (x + .5) / 5 - .5 is whole just where x is 2 beyond a multiple of 5, also in floating point.
        if (x < Centre || (x - Centre) % Scale != 0)
            return;
        int column = (x - Centre) / Scale;
        if (column > width - 1)
            return;
        int row = y < Centre ? 0 : Math.Min((y - Centre + Scale - 1) / Scale, height);
        if (_count == _crossings.Length)
            Array.Resize(ref _crossings, _count * 2);
        _crossings[_count++] = (column * height) + row;
    }

    /// <summary>Conversion of C on x86-64: what is no int becomes the least int, as for the slope 0/0 of a repeated corner.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Truncate(double value) => value is > -2147483649.0 and < 2147483648.0 ? (int)value : int.MinValue;
}
