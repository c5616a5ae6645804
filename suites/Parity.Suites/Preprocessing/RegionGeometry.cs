using Parity.Core;

namespace Parity.Suites.Preprocessing;

/// <summary>Where a region comes to lie in the input, as top-down pose models have it (HRNet's and mmpose's <c>get_affine_transform</c> without rotation).</summary>
internal static class RegionGeometry
{
    /// <summary>The region is widened to the input's proportions, and its centre becomes the input's; both axes have one scale.</summary>
    public static Placement Of(PictureRegion region, int pictureWidth, int pictureHeight, int width, int height)
    {
        // The usual code keeps three points in float32 and lets OpenCV find the map between them; at 1/1024 pixels the rounding shows.
        float centerX = (float)region.CenterX, centerY = (float)region.CenterY, across = (float)Math.Max(region.Width, region.Height * width / height);
        float top = (float)(centerY - across * 0.5), left = centerX - (centerY - top);
        double half = width * 0.5, scaleX = half / ((double)centerX - left), scaleY = half / ((double)centerY - top);
        return new Placement(scaleX, scaleY, half - centerX * scaleX, height * 0.5 - centerY * scaleY, pictureWidth, pictureHeight, width, height);
    }
}
