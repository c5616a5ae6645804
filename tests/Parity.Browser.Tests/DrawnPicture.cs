using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Parity.Core;

namespace Parity.Browser.Tests;

/// <summary>A PNG of flat rectangles on a gradient: a picture of which a test knows where everything lies.</summary>
internal static class DrawnPicture
{
    public static byte[] Png(int width, int height, IEnumerable<BoxShape> objects)
    {
        byte[] rows = new byte[height * (1 + width * 3)];
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                BoxShape? hit = objects.FirstOrDefault(o => x >= o.X && x < o.X + o.Width && y >= o.Y && y < o.Y + o.Height);
                Span<byte> pixel = rows.AsSpan(y * (1 + width * 3) + 1 + x * 3, 3);
                pixel[0] = (byte)(hit is null ? 90 + 60 * x / width : 40 + 37 * hit.Group % 200);
                pixel[1] = (byte)(hit is null ? 110 + 70 * y / height : 60 + 53 * hit.Group % 160);
                pixel[2] = (byte)(hit is null ? 130 : 150);
            }
        }
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        byte[] header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        header[8] = 8;
        header[9] = 2;
        Chunk(file, "IHDR", header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            zlib.Write(rows);
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
        return file.ToArray();
    }

    private static void Chunk(MemoryStream file, string type, byte[] data)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, data.Length);
        file.Write(number);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(body));
        file.Write(number);
    }

    private static uint Crc32(byte[] bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc & 1) == 0 ? crc >> 1 : (crc >> 1) ^ 0xEDB88320;
        }
        return ~crc;
    }
}
