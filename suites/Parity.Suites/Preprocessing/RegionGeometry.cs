using Parity.Core;

namespace Parity.Suites.Preprocessing;

/// <summary>Where a region comes to lie in the input, as top-down pose models have it (HRNet's and mmpose's <c>get_affine_transform</c> without rotation).</summary>
internal static class RegionGeometry
{
    /// <summary>The region is widened to the input's proportions, and its centre becomes the input's; both axes have one scale.</summary>
    public static Placement Of(PictureRegion region, int pictureWidth, int pictureHeight, int width, int height)
    {
        double scale = width / Math.Max(region.Width, region.Height * width / height);
        return new Placement(scale, scale, width * 0.5 - region.CenterX * scale, height * 0.5 - region.CenterY * scale, pictureWidth, pictureHeight, width, height);
    }
}
