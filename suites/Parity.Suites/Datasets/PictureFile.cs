using System.Security.Cryptography;
using Parity.Core;
using Parity.Suites.Imaging;

namespace Parity.Suites.Datasets;

/// <summary>A picture on disk, where every trouble is a fault that names the file.</summary>
internal static class PictureFile
{
    /// <exception cref="FaultException">Missing, unreadable, truncated or of an unknown format.</exception>
    public static Picture Read(string path) => PictureDecoder.Decode(Bytes(path), path);

    /// <summary>The encoded picture.</summary>
    /// <exception cref="FaultException">Missing or unreadable.</exception>
    public static byte[] Bytes(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new FaultException("there is no such picture", path, "Fetch the file, or remove it from the dataset.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new FaultException($"the picture cannot be read: {e.Message.TrimEnd('.')}", path, "Fetch the file, or remove it from the dataset.");
        }
    }

    /// <summary>Of the encoded bytes, lower-case hex; null when they cannot be read.</summary>
    public static string? Sha256(string path)
    {
        try
        {
            using FileStream file = File.OpenRead(path);
            return Convert.ToHexStringLower(SHA256.HashData(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
