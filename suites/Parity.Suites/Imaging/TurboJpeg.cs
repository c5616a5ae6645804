using System.Runtime.InteropServices;
using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>TurboJPEG 2.1's C interface (turbojpeg.h); <c>unsigned long</c> is <see cref="nuint"/> as on every 64-bit Linux.</summary>
internal static partial class TurboJpeg
{
    public const int PixelBgr = 1, PixelCmyk = 11;
    public const int Sampling420 = 2;
    public const int FlagNoRealloc = 1024, FlagAccurateDct = 4096;
    public const int CodeWarning = 0;

    private const string Library = "libturbojpeg.so.0";

    [LibraryImport(Library, EntryPoint = "tjInitDecompress")]
    public static partial nint InitDecompress();

    [LibraryImport(Library, EntryPoint = "tjInitCompress")]
    public static partial nint InitCompress();

    [LibraryImport(Library, EntryPoint = "tjDestroy")]
    public static partial int Destroy(nint handle);

    [LibraryImport(Library, EntryPoint = "tjDecompress2")]
    public static unsafe partial int Decompress(
        nint handle, byte* jpeg, nuint jpegLength, byte* pixels, int width, int pitch, int height, int pixelFormat, int flags);

    [LibraryImport(Library, EntryPoint = "tjCompress2")]
    public static unsafe partial int Compress(
        nint handle, byte* pixels, int width, int pitch, int height, int pixelFormat, byte** jpeg, nuint* jpegLength, int sampling, int quality, int flags);

    [LibraryImport(Library, EntryPoint = "tjBufSize")]
    public static partial nuint BufferSize(int width, int height, int sampling);

    [LibraryImport(Library, EntryPoint = "tjGetErrorCode")]
    public static partial int ErrorCode(nint handle);

    public static string ErrorText(nint handle) => Marshal.PtrToStringUTF8(ErrorStr(handle)) ?? "unknown error";

    /// <exception cref="FaultException">The library is not installed.</exception>
    public static nint Open(Func<nint> init)
    {
        try
        {
            nint handle = init();
            return handle != 0 ? handle : throw new OutOfMemoryException("TurboJPEG gave no instance");
        }
        catch (DllNotFoundException)
        {
            throw new FaultException($"{Library} is not installed", "JPEG", "Install it: apt-get install libturbojpeg0.");
        }
    }

    [LibraryImport(Library, EntryPoint = "tjGetErrorStr2")]
    private static partial nint ErrorStr(nint handle);
}
