namespace Parity.Suites.Coco;

/// <summary>What a mask's run lengths tell before it is drawn: enough to see that it cannot match another.</summary>
/// <param name="First">First pixel set, counted column by column.</param>
/// <param name="End">Behind the last pixel set; not above <paramref name="First"/> where none is.</param>
/// <param name="Area">Pixels set; -1 where the mask is polygons, of which nothing is known.</param>
/// <param name="Height">Of the picture, pixels.</param>
internal readonly record struct MaskExtent(int First, int End, int Area, int Height, int Width)
{
    public static MaskExtent Unknown { get; } = new(0, int.MaxValue, -1, 0, 0);

    /// <summary>No fewer than the pixels set in both.</summary>
    public long MostShared(Mask other) => other.Runs == 0 ? 0
        : Math.Min(Math.Min(Area, other.Area), Math.Max(0, (long)Math.Min(End, other.Ends[^1]) - Math.Max(First, other.Starts[0])));
}
