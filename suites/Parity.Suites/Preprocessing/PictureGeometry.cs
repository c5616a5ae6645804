using Parity.Core;

namespace Parity.Suites.Preprocessing;

/// <summary>Size of the resized picture and where it lies in the input, in pixels; negative where it is cut.</summary>
/// <param name="Placement">Leads back to the picture as the named reference code does.</param>
internal sealed record PictureGeometry(int ResizedWidth, int ResizedHeight, int Left, int Top, Placement Placement)
{
    public static PictureGeometry Of(ResizeKind kind, int pictureWidth, int pictureHeight, int width, int height)
    {
        double ratio = Math.Min((double)height / pictureHeight, (double)width / pictureWidth);
        switch (kind)
        {
            case ResizeKind.LetterboxTopLeft:
                // YOLOX, data_augment.py, preproc: int() truncates. cv2 fails where a side truncates to 0; here it is 1.
                int truncatedWidth = Math.Max(1, (int)(pictureWidth * ratio)), truncatedHeight = Math.Max(1, (int)(pictureHeight * ratio));
                return Make(truncatedWidth, truncatedHeight, 0, 0, ratio, ratio);
            case ResizeKind.LetterboxCentred:
                // Ultralytics, data/augment.py, LetterBox: Python's round is to even; -0.1 puts the odd row of padding below and right.
                int roundedWidth = Math.Max(1, Round(pictureWidth * ratio)), roundedHeight = Math.Max(1, Round(pictureHeight * ratio));
                return Make(roundedWidth, roundedHeight, Round((width - roundedWidth) / 2.0 - 0.1), Round((height - roundedHeight) / 2.0 - 0.1), ratio, ratio);
            case ResizeKind.Crop:
                // torchvision, Resize then CenterCrop: the long side truncates, the offset rounds to even.
                bool widthDecides = (long)width * pictureHeight >= (long)height * pictureWidth;
                int coverWidth = widthDecides ? width : (int)((long)height * pictureWidth / pictureHeight);
                int coverHeight = widthDecides ? (int)((long)width * pictureHeight / pictureWidth) : height;
                return Make(coverWidth, coverHeight, -Round((coverWidth - width) / 2.0), -Round((coverHeight - height) / 2.0),
                    (double)coverWidth / pictureWidth, (double)coverHeight / pictureHeight);
            default:
                return Make(width, height, 0, 0, (double)width / pictureWidth, (double)height / pictureHeight);
        }

        PictureGeometry Make(int resizedWidth, int resizedHeight, int left, int top, double scaleX, double scaleY) =>
            new(resizedWidth, resizedHeight, left, top, new Placement(scaleX, scaleY, left, top, pictureWidth, pictureHeight, width, height));
    }

    private static int Round(double value) => (int)Math.Round(value, MidpointRounding.ToEven);
}
