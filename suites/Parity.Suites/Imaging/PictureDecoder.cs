using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>
/// Encoded bytes to a picture, the same bytes as <c>cv2.imread(path, IMREAD_COLOR)</c> of OpenCV 4.6: EXIF orientation applied, alpha dropped
/// without blending, 16-bit samples cut to their high byte, no colour management. Thread-safe.
/// </summary>
public static class PictureDecoder
{
    /// <param name="where">The file's name, for faults.</param>
    /// <exception cref="FaultException">Neither JPEG nor PNG, truncated or damaged, or the native library is missing.</exception>
    public static Picture Decode(ReadOnlySpan<byte> file, string where)
    {
        if (file.StartsWith<byte>([0xFF, 0xD8, 0xFF]))
            return JpegDecoder.Decode(file, where);
        if (IsPng(file))
            return PngDecoder.Decode(file, where);
        string what = file.IsEmpty ? "the file is empty" : $"the file is neither JPEG nor PNG: it begins with {Convert.ToHexString(file[..Math.Min(8, file.Length)])}";
        throw new FaultException(what, where, "Convert it to JPEG or PNG, or remove it from the dataset.");
    }

    /// <summary>A mask's labels, one a pixel, from a grey or palette PNG.</summary>
    /// <param name="where">The file's name, for faults.</param>
    /// <exception cref="FaultException">Not such a PNG, truncated or damaged.</exception>
    public static LabelMap DecodeLabels(ReadOnlySpan<byte> file, string where) => IsPng(file)
        ? PngDecoder.DecodeLabels(file, where)
        : throw new FaultException("the mask is not a PNG", where, "Masks are PNG: lossy formats change labels.");

    private static bool IsPng(ReadOnlySpan<byte> file) => file.StartsWith<byte>([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
}
