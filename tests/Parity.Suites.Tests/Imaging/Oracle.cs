using System.Security.Cryptography;
using Parity.Core;

namespace Parity.Suites.Tests.Imaging;

/// <summary>What Debian's OpenCV 4.6 made of the same input; written by oracle/make.py.</summary>
internal static class Oracle
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Imaging", "oracle");

    public static string PicturePath(string name) => Path.Combine(Folder, "pictures", name);

    /// <summary>The lines of a file, split at blanks.</summary>
    public static IEnumerable<string[]> Lines(string file) => File.ReadLines(Path.Combine(Folder, file)).Select(l => l.Split(' '));

    public static string Sha256(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>Byte i is the top byte of i * 2654435761 mod 2^32, as in make.py.</summary>
    public static Picture Noise(int width, int height)
    {
        var bgr = new byte[width * height * 3];
        for (uint i = 0; i < bgr.Length; i++)
            bgr[i] = (byte)(i * 2654435761u >> 24);
        return new Picture(width, height, bgr);
    }
}
