namespace Parity.Suites.Scenes;

/// <summary>
/// Which object every pixel of a picture shows. An object is added only where every object, itself too, stays half visible, so that none is without its box.
/// </summary>
internal sealed class SceneLayers(int side)
{
    private const int LeastVisiblePixels = 24;

    private readonly List<int> _whole = [];
    private readonly List<int> _visible = [];

    /// <summary>0 where the background shows, else 1 + the number of the object added.</summary>
    public byte[] Owners { get; } = new byte[side * side];

    /// <summary>Quarters of each pixel that the object to be added covers: 0 to 4; what lies outside its window means nothing.</summary>
    public byte[] Coverage { get; } = new byte[side * side];

    public int Count => _whole.Count;

    /// <summary>Adds what <see cref="Coverage"/> holds on top of everything, or nothing.</summary>
    /// <param name="pixels">Of the object with what lies outside the picture.</param>
    public bool TryAdd(int pixels, SceneWindow window)
    {
        if (!Fits(window, pixels, out int inside))
            return false;
        _whole.Add(pixels);
        _visible.Add(inside);
        for (int y = window.Top; y < window.Bottom; y++)
        {
            for (int at = y * side + window.Left; at < y * side + window.Right; at++)
            {
                if (Coverage[at] < 2)
                    continue;
                if (Owners[at] != 0)
                    _visible[Owners[at] - 1]--;
                Owners[at] = (byte)Count;
            }
        }
        return true;
    }

    /// <summary>The tight window of the visible pixels, how many they are, and how many the whole object has.</summary>
    public (SceneWindow Window, int Visible, int Whole) ExtentOf(int index)
    {
        int left = side, top = side, right = 0, bottom = 0, visible = 0;
        for (int at = 0; at < Owners.Length; at++)
        {
            if (Owners[at] != index + 1)
                continue;
            visible++;
            (left, right) = (Math.Min(left, at % side), Math.Max(right, at % side + 1));
            (top, bottom) = (Math.Min(top, at / side), Math.Max(bottom, at / side + 1));
        }
        return (new SceneWindow(left, top, right, bottom), visible, _whole[index]);
    }

    private bool Fits(SceneWindow window, int pixels, out int inside)
    {
        inside = 0;
        Span<int> hidden = stackalloc int[Count + 1];
        for (int y = window.Top; y < window.Bottom; y++)
        {
            for (int at = y * side + window.Left; at < y * side + window.Right; at++)
            {
                if (Coverage[at] < 2)
                    continue;
                inside++;
                hidden[Owners[at]]++;
            }
        }
        if (inside < LeastVisiblePixels || 10 * inside < 7 * pixels)
            return false;
        for (int i = 0; i < Count; i++)
        {
            int left = _visible[i] - hidden[i + 1];
            if (hidden[i + 1] > 0 && (left < LeastVisiblePixels || 2 * left < _whole[i]))
                return false;
        }
        return true;
    }
}
