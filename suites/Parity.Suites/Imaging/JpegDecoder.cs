using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>
/// Baseline, progressive, grey, CMYK and YCCK JPEG by TurboJPEG with libjpeg's defaults (accurate integer DCT, fancy upsampling), which are
/// OpenCV's too. Oracle: cv2.imread of OpenCV 4.6.
/// </summary>
internal static class JpegDecoder
{
    private const string Fetch = "Fetch the file again from its source, or remove it from the dataset.";

    // Warnings after which every pixel is still the one that was stored; all others mean that pixels are missing or made up.
    private static readonly string[] Harmless = ["extraneous bytes before marker", "unknown JFIF revision", "Unknown Adobe color transform"];

    public static unsafe Picture Decode(ReadOnlySpan<byte> jpeg, string where)
    {
        JpegOutline outline = JpegOutline.Read(jpeg);
        if (outline.Components is not (1 or 3 or 4) || outline.Width == 0 || outline.Height == 0)
            throw new FaultException("the JPEG has no usable frame header: it is truncated or damaged", where, Fetch);
        // TurboJPEG fills what is missing with grey and goes on, and cv2 shows that grey; measured on it, a model looks worse than it is.
        if (!outline.HasEnd)
            throw new FaultException("the JPEG is truncated: it has no end-of-image marker", where, Fetch);
        if ((long)outline.Width * outline.Height * 4 > Array.MaxLength)
            throw new FaultException($"the JPEG has {outline.Width} x {outline.Height} pixels, too many to hold", where, "Use a smaller picture.");

        bool cmyk = outline.Components == 4;
        int pixelBytes = cmyk ? 4 : 3;
        var pixels = GC.AllocateUninitializedArray<byte>(outline.Width * outline.Height * pixelBytes);
        nint handle = TurboJpeg.Open(TurboJpeg.InitDecompress);
        try
        {
            fixed (byte* from = jpeg, to = pixels)
            {
                int result = TurboJpeg.Decompress(handle, from, (nuint)jpeg.Length, to, outline.Width, outline.Width * pixelBytes, outline.Height,
                    cmyk ? TurboJpeg.PixelCmyk : TurboJpeg.PixelBgr, 0);
                if (result != 0 && !IsHarmless(handle))
                    throw new FaultException($"the JPEG cannot be decoded: {TurboJpeg.ErrorText(handle)}", where, Fetch);
            }
        }
        finally
        {
            TurboJpeg.Destroy(handle);
        }
        byte[] bgr = cmyk ? CmykToBgr(pixels) : pixels;
        return Exif.Upright(new Picture(outline.Width, outline.Height, bgr), outline.Orientation);
    }

    private static bool IsHarmless(nint handle)
    {
        string text = TurboJpeg.ErrorText(handle);
        return TurboJpeg.ErrorCode(handle) == TurboJpeg.CodeWarning && Harmless.Any(h => text.Contains(h, StringComparison.Ordinal));
    }

    // OpenCV's own formula (icvCvt_CMYK2BGR_8u_C4C3R), on CMYK stored inverted as Adobe does.
    private static byte[] CmykToBgr(byte[] cmyk)
    {
        var bgr = GC.AllocateUninitializedArray<byte>(cmyk.Length / 4 * 3);
        for (int from = 0, to = 0; from < cmyk.Length; from += 4, to += 3)
        {
            int k = cmyk[from + 3];
            bgr[to] = (byte)(k - ((255 - cmyk[from + 2]) * k >> 8));
            bgr[to + 1] = (byte)(k - ((255 - cmyk[from + 1]) * k >> 8));
            bgr[to + 2] = (byte)(k - ((255 - cmyk[from]) * k >> 8));
        }
        return bgr;
    }
}
