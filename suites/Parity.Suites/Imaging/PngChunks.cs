using System.Buffers.Binary;
using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>The parts of a PNG file that pixels are made of.</summary>
/// <param name="Palette">RGB triples, empty when the file has none.</param>
/// <param name="Compressed">All IDAT chunks joined: one zlib stream.</param>
/// <param name="Orientation">Of an eXIf chunk, 1 when there is none.</param>
internal sealed record PngChunks(PngHeader Header, byte[] Palette, MemoryStream Compressed, int Orientation)
{
    private const string Fetch = "Fetch the file again from its source, or remove it from the dataset.";

    private static readonly uint[] CrcTable = MakeCrcTable();

    /// <exception cref="FaultException">Truncated, a wrong checksum in a critical chunk, or a wrong order of chunks.</exception>
    public static PngChunks Read(ReadOnlySpan<byte> file, string where)
    {
        PngHeader? header = null;
        byte[] palette = [];
        var compressed = new MemoryStream();
        int orientation = 1;
        for (int at = 8; ;)
        {
            if (file.Length - at < 12)
                throw new FaultException($"the PNG is truncated: it ends at byte {file.Length} without its IEND chunk", where, Fetch);
            uint length = BinaryPrimitives.ReadUInt32BigEndian(file[at..]);
            if (length > file.Length - at - 12)
                throw new FaultException($"the PNG is truncated: the chunk at byte {at} has {length} bytes, {file.Length - at - 12} are left", where, Fetch);
            ReadOnlySpan<byte> type = file.Slice(at + 4, 4), body = file.Slice(at + 8, (int)length);
            bool intact = Crc(file.Slice(at + 4, (int)length + 4)) == BinaryPrimitives.ReadUInt32BigEndian(file[(at + 8 + (int)length)..]);
            bool critical = (type[0] & 0x20) == 0;
            if (critical && !intact)
                throw new FaultException($"the PNG is damaged: wrong checksum of the chunk at byte {at}", where, Fetch);

            if (header is null)
            {
                header = type.SequenceEqual("IHDR"u8) ? PngHeader.Read(body) : null;
                if (header is null)
                    throw new FaultException("the PNG has no valid IHDR chunk", where, Fetch);
            }
            else if (type.SequenceEqual("PLTE"u8))
                palette = body.ToArray();
            else if (type.SequenceEqual("IDAT"u8))
                compressed.Write(body);
            else if (type.SequenceEqual("eXIf"u8) && intact)
                orientation = Exif.Orientation(body);
            else if (type.SequenceEqual("IEND"u8))
                break;
            else if (critical)
                throw new FaultException($"the PNG has an unknown critical chunk at byte {at}", where, "Save it again as a plain PNG.");
            at += (int)length + 12;
        }
        compressed.Position = 0;
        return new PngChunks(header, palette, compressed, orientation);
    }

    // CRC-32 of ISO 3309, as zlib's; the base library has only the Castagnoli polynomial in hardware.
    private static uint Crc(ReadOnlySpan<byte> data)
    {
        uint[] table = CrcTable;
        uint crc = uint.MaxValue;
        foreach (byte b in data)
            crc = table[(byte)(crc ^ b)] ^ (crc >> 8);
        return ~crc;
    }

    private static uint[] MakeCrcTable()
    {
        var table = new uint[256];
        for (uint i = 0; i < 256; i++)
        {
            uint c = i;
            for (int bit = 0; bit < 8; bit++)
                c = (c & 1) != 0 ? 0xEDB88320 ^ (c >> 1) : c >> 1;
            table[i] = c;
        }
        return table;
    }
}
