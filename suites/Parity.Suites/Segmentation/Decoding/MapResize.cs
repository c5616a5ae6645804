namespace Parity.Suites.Segmentation;

/// <summary>How a model's map of scores comes to the size of the picture. Names and arithmetic are those of the codes that models are trained with.</summary>
public enum MapResize
{
    /// <summary>cv2.resize INTER_LINEAR, torch interpolate(bilinear, align_corners=False): pixels are areas, picture x lies at (x + 1/2) * scale - 1/2.</summary>
    BilinearHalfPixel,

    /// <summary>torch interpolate(bilinear, align_corners=True): the centres of the corner pixels coincide.</summary>
    BilinearAlignCorners,

    /// <summary>cv2.resize INTER_NEAREST, torch interpolate(nearest): floor(x * scale). The same before and after the decision for a class.</summary>
    Nearest,
}
