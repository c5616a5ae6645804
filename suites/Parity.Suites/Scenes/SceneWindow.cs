namespace Parity.Suites.Scenes;

/// <summary>Pixels from Left, Top to Right, Bottom, those exclusive.</summary>
internal readonly record struct SceneWindow(int Left, int Top, int Right, int Bottom)
{
    public static SceneWindow Around(double centerX, double centerY, double reach) => new(
        (int)Math.Floor(centerX - reach), (int)Math.Floor(centerY - reach), (int)Math.Ceiling(centerX + reach), (int)Math.Ceiling(centerY + reach));

    public SceneWindow Within(int side) => new(Math.Max(Left, 0), Math.Max(Top, 0), Math.Min(Right, side), Math.Min(Bottom, side));

    public SceneWindow With(SceneWindow other) => new(
        Math.Min(Left, other.Left), Math.Min(Top, other.Top), Math.Max(Right, other.Right), Math.Max(Bottom, other.Bottom));
}
