namespace Parity.Suites.Datasets;

/// <summary>An object marked in an image.</summary>
/// <param name="X">Left edge of the box in pixels of the image; <paramref name="Y"/> its upper edge.</param>
/// <param name="Width">Pixels, at least 0.</param>
/// <param name="Area">Square pixels of the object's mask, by which COCO sorts into small, medium and large; null where the file has none (CrowdPose).</param>
/// <param name="IsCrowd">A group that predictions may hit any number of times.</param>
/// <param name="Json">The whole object, with segmentation and keypoints where the file has them.</param>
public sealed record CocoAnnotation(
    long Id, long ImageId, long CategoryId, double X, double Y, double Width, double Height, double? Area, bool IsCrowd, JsonRange Json);
