using System.Buffers.Binary;

namespace Parity.Suites.Imaging;

/// <summary>What the marker segments of a JPEG say (ITU-T T.81, annex B) before any pixel is decoded.</summary>
/// <param name="Width">Of the stored picture, before <paramref name="Orientation"/>.</param>
/// <param name="Components">1 grey, 3 colour, 4 CMYK or YCCK; 0 when no frame header was found.</param>
/// <param name="Orientation">EXIF orientation 1 to 8; 1 when there is none.</param>
/// <param name="HasEnd">The end-of-image marker is there.</param>
internal sealed record JpegOutline(int Width, int Height, int Components, int Orientation, bool HasEnd)
{
    private const byte StartOfScan = 0xDA, EndOfImage = 0xD9, App1 = 0xE1;

    public static JpegOutline Read(ReadOnlySpan<byte> jpeg)
    {
        int width = 0, height = 0, components = 0;
        int? orientation = null;
        int at = 2;
        while (NextMarker(jpeg, ref at) is { } marker && marker != EndOfImage)
        {
            if (IsBare(marker))
                continue;
            if (at + 2 > jpeg.Length)
                break;
            int length = BinaryPrimitives.ReadUInt16BigEndian(jpeg[at..]);
            if (length < 2 || at + length > jpeg.Length)
                break;
            ReadOnlySpan<byte> body = jpeg.Slice(at + 2, length - 2);
            if (IsFrame(marker) && components == 0 && body.Length >= 6)
            {
                height = BinaryPrimitives.ReadUInt16BigEndian(body[1..]);
                width = BinaryPrimitives.ReadUInt16BigEndian(body[3..]);
                components = body[5];
            }
            // OpenCV 4.6 looks at the first APP1 only, whatever it holds: an EXIF segment behind an XMP segment is not seen.
            if (marker == App1)
                orientation ??= body.Length > 6 ? Exif.Orientation(body[6..]) : 1;
            at += length;
            if (marker == StartOfScan)
                SkipScan(jpeg, ref at);
        }
        // NextMarker stands behind the marker it gave.
        bool hasEnd = at >= 2 && at <= jpeg.Length && jpeg[at - 1] == EndOfImage && jpeg[at - 2] == 0xFF;
        return new JpegOutline(width, height, components, orientation ?? 1, hasEnd);
    }

    private static byte? NextMarker(ReadOnlySpan<byte> jpeg, ref int at)
    {
        while (at < jpeg.Length)
        {
            int found = jpeg[at..].IndexOf((byte)0xFF);
            if (found < 0)
                break;
            at += found;
            while (at < jpeg.Length && jpeg[at] == 0xFF)
                at++;
            if (at < jpeg.Length && jpeg[at++] is var marker and not 0)
                return marker;
        }
        at = jpeg.Length;
        return null;
    }

    // Entropy-coded data holds FF 00 for a byte FF, and restart markers; any other FF xx ends it.
    private static void SkipScan(ReadOnlySpan<byte> jpeg, ref int at)
    {
        while (at < jpeg.Length)
        {
            int found = jpeg[at..].IndexOf((byte)0xFF);
            if (found < 0 || at + found + 1 >= jpeg.Length)
            {
                at = jpeg.Length;
                return;
            }
            at += found;
            byte next = jpeg[at + 1];
            if (next != 0 && next != 0xFF && next is < 0xD0 or > 0xD7)
                return;
            at += next == 0xFF ? 1 : 2;
        }
    }

    private static bool IsBare(byte marker) => marker is 0x01 or (>= 0xD0 and <= 0xD8);

    private static bool IsFrame(byte marker) => marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC);
}
