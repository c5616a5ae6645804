using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>Baseline JPEG, 4:2:0, by TurboJPEG with the accurate DCT: the same bytes on every instruction set. Thread-safe.</summary>
public sealed class JpegCodec : IPictureCodec
{
    /// <exception cref="FaultException">libturbojpeg is not installed.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The longest side is not positive, or the quality is outside 1 to 100.</exception>
    public unsafe byte[] EncodeJpeg(Picture picture, int longestSide, int qualityPercent)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(longestSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(qualityPercent, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(qualityPercent, 100);
        Picture small = Shrink(picture, longestSide);
        nint handle = TurboJpeg.Open(TurboJpeg.InitCompress);
        try
        {
            var jpeg = GC.AllocateUninitializedArray<byte>((int)TurboJpeg.BufferSize(small.Width, small.Height, TurboJpeg.Sampling420));
            nuint length = (nuint)jpeg.Length;
            fixed (byte* from = small.Bgr, to = jpeg)
            {
                byte* buffer = to;
                int result = TurboJpeg.Compress(handle, from, small.Width, small.Width * 3, small.Height, TurboJpeg.PixelBgr,
                    &buffer, &length, TurboJpeg.Sampling420, qualityPercent, TurboJpeg.FlagNoRealloc | TurboJpeg.FlagAccurateDct);
                if (result != 0)
                    throw new InvalidOperationException($"TurboJPEG: {TurboJpeg.ErrorText(handle)}");
            }
            return jpeg[..(int)length];
        }
        finally
        {
            TurboJpeg.Destroy(handle);
        }
    }

    // Bilinear interpolation looks at two pixels a side, so beyond halving it would skip pixels: halve first.
    private static Picture Shrink(Picture picture, int longestSide)
    {
        while (Math.Max(picture.Width, picture.Height) >= 2L * longestSide)
            picture = BilinearResize.Resize(picture, Math.Max(1, picture.Width / 2), Math.Max(1, picture.Height / 2));
        int longest = Math.Max(picture.Width, picture.Height);
        if (longest <= longestSide)
            return picture;
        return BilinearResize.Resize(picture, Scaled(picture.Width), Scaled(picture.Height));

        int Scaled(int side) => Math.Max(1, (int)(((long)side * longestSide + longest / 2) / longest));
    }
}
