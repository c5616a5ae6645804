using Parity.Core;

namespace Parity.Suites.Segmentation;

/// <summary>Which two pixels of a map each pixel of the picture lies between, along one axis.</summary>
/// <param name="First">The one nearer to zero.</param>
/// <param name="Second">The one after it, or the same at the border.</param>
/// <param name="Far">Weight of the second, 0 to 1.</param>
internal sealed record MapAxis(int[] First, int[] Second, float[] Far)
{
    public static MapAxis Across(MapResize resize, int map, Placement placement) =>
        Make(resize, map, placement.PictureWidth, placement.ScaleX, placement.OffsetX, placement.InputWidth);

    public static MapAxis Down(MapResize resize, int map, Placement placement) =>
        Make(resize, map, placement.PictureHeight, placement.ScaleY, placement.OffsetY, placement.InputHeight);

    /// <summary>True when part of the picture lies outside the model's input.</summary>
    public static bool Cuts(Placement placement) =>
        Outside(placement.PictureWidth, placement.ScaleX, placement.OffsetX, placement.InputWidth)
        || Outside(placement.PictureHeight, placement.ScaleY, placement.OffsetY, placement.InputHeight);

    // Less than a pixel is the rounding of a letterbox.
    private static bool Outside(int picture, double scale, double offset, int input) => offset <= -1 || offset + (picture * scale) >= input + 1;

    /// <param name="map">Pixels of the map along the axis; it covers the whole input, the padding included.</param>
    private static MapAxis Make(MapResize resize, int map, int picture, double scale, double offset, int input)
    {
        double ratio = (double)map / input;
        double start = offset * ratio, span = picture * scale * ratio;
        // What lies beyond is padding, which must not bleed into the picture.
        int least = Math.Clamp((int)Math.Floor(start), 0, map - 1), most = Math.Clamp((int)Math.Ceiling(start + span - 1e-6) - 1, least, map - 1);
        var axis = new MapAxis(new int[picture], new int[picture], new float[picture]);
        for (int i = 0; i < picture; i++)
        {
            double position = resize switch
            {
                MapResize.Nearest => Math.Floor(start + (i * (span / picture))),
                MapResize.BilinearAlignCorners => picture == 1 ? start : start + (i * ((span - 1) / (picture - 1))),
                _ => start + ((i + 0.5) * (span / picture)) - 0.5,
            };
            double inside = Math.Clamp(position, least, most);
            int first = (int)Math.Floor(inside);
            axis.First[i] = first;
            axis.Second[i] = Math.Min(first + 1, most);
            axis.Far[i] = (float)(inside - first);
        }
        return axis;
    }
}
