using System.Buffers.Binary;
using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>The one EXIF field that moves pixels: Orientation, tag 0x0112 of the first directory (EXIF 2.3, 4.6.4).</summary>
internal static class Exif
{
    private const int OrientationTag = 0x0112, EntryBytes = 12;

    /// <param name="tiff">From the byte order mark "II" or "MM" on.</param>
    /// <returns>1 to 8; 1, which changes nothing, when absent or malformed, as OpenCV reads it.</returns>
    public static int Orientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8 || tiff[0] != tiff[1] || tiff[0] is not ((byte)'I' or (byte)'M'))
            return 1;
        bool little = tiff[0] == 'I';
        if (UInt16(tiff, 2, little) != 42)
            return 1;
        uint start = little ? BinaryPrimitives.ReadUInt32LittleEndian(tiff[4..]) : BinaryPrimitives.ReadUInt32BigEndian(tiff[4..]);
        if (start > tiff.Length - 2)
            return 1;
        int entries = UInt16(tiff, (int)start, little);
        for (int at = (int)start + 2; entries > 0 && at + EntryBytes <= tiff.Length; at += EntryBytes, entries--)
        {
            if (UInt16(tiff, at, little) == OrientationTag)
                return UInt16(tiff, at + 8, little) is >= 1 and <= 8 and var orientation ? orientation : 1;
        }
        return 1;
    }

    /// <summary>Turns a stored picture upright.</summary>
    public static Picture Upright(Picture stored, int orientation)
    {
        if (orientation is <= 1 or > 8)
            return stored;
        bool transposed = orientation >= 5;
        int width = transposed ? stored.Height : stored.Width;
        int height = transposed ? stored.Width : stored.Height;
        bool fromRight = orientation is 2 or 3 or 7 or 8;
        bool fromBottom = orientation is 3 or 4 or 6 or 7;
        int right = stored.Width - 1, bottom = stored.Height - 1;
        var bgr = GC.AllocateUninitializedArray<byte>(stored.Bgr.Length);
        int to = 0;
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++, to += 3)
            {
                int fromX = transposed ? y : x, fromY = transposed ? x : y;
                int from = 3 * ((fromBottom ? bottom - fromY : fromY) * stored.Width + (fromRight ? right - fromX : fromX));
                bgr[to] = stored.Bgr[from];
                bgr[to + 1] = stored.Bgr[from + 1];
                bgr[to + 2] = stored.Bgr[from + 2];
            }
        }
        return new Picture(width, height, bgr);
    }

    private static int UInt16(ReadOnlySpan<byte> tiff, int at, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(tiff[at..]) : BinaryPrimitives.ReadUInt16BigEndian(tiff[at..]);
}
