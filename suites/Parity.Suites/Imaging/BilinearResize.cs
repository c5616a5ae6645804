using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Parity.Core;

namespace Parity.Suites.Imaging;

/// <summary>
/// Resizing bit-exact to <c>cv2.resize(..., interpolation=INTER_LINEAR)</c> of OpenCV 4.6 on 8-bit pictures of three channels: coefficients of
/// 11 bits, a row at a time across and then down, the sum down cut to 16 bits before it is multiplied. Halving both sides exactly is
/// averaging of four pixels, as OpenCV makes it. Vectors on x86-64, the same results without.
/// </summary>
public static class BilinearResize
{
    /// <exception cref="ArgumentOutOfRangeException">A side is not positive.</exception>
    public static Picture Resize(Picture picture, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        var bgr = GC.AllocateUninitializedArray<byte>(checked(width * height * 3));
        Into(picture, width, height, bgr, width * 3);
        return new Picture(width, height, bgr);
    }

    /// <summary>Resizes into a part of a larger picture.</summary>
    /// <param name="bgr">From the first byte of the part on.</param>
    /// <param name="stride">Bytes from row to row of the larger picture.</param>
    public static void Into(Picture picture, int width, int height, Span<byte> bgr, int stride) =>
        Into(picture, width, height, bgr, stride, Ssse3.IsSupported);

    internal static void Into(Picture picture, int width, int height, Span<byte> bgr, int stride, bool vectors)
    {
        if (width == picture.Width && height == picture.Height)
            Copy(picture, bgr, stride);
        else if (picture.Width == 2 * width && picture.Height == 2 * height)
            Halve(picture, width, height, bgr, stride);
        else
            Interpolate(picture, width, height, bgr, stride, vectors);
    }

    private static void Copy(Picture picture, Span<byte> bgr, int stride)
    {
        int rowBytes = picture.Width * 3;
        for (int y = 0; y < picture.Height; y++)
            picture.Bgr.AsSpan(y * rowBytes, rowBytes).CopyTo(bgr[(y * stride)..]);
    }

    private static void Halve(Picture picture, int width, int height, Span<byte> bgr, int stride)
    {
        int sourceBytes = picture.Width * 3;
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> upper = picture.Bgr.AsSpan(2 * y * sourceBytes, sourceBytes), lower = picture.Bgr.AsSpan((2 * y + 1) * sourceBytes, sourceBytes);
            Span<byte> row = bgr.Slice(y * stride, width * 3);
            for (int to = 0, from = 0; to < row.Length; to += 3, from += 6)
            {
                for (int c = 0; c < 3; c++)
                    row[to + c] = (byte)((upper[from + c] + upper[from + c + 3] + lower[from + c] + lower[from + c + 3] + 2) >> 2);
            }
        }
    }

    private static void Interpolate(Picture picture, int width, int height, Span<byte> bgr, int stride, bool vectors)
    {
        var across = ResizeAxis.Across(picture.Width, width);
        var down = ResizeAxis.Down(picture.Height, height);
        int sourceBytes = picture.Width * 3, rowValues = width * 3;
        // Two rows already resized across, and which source rows they are; a vector store may run 1 value past the row.
        var upper = new short[rowValues + 1];
        var lower = new short[rowValues + 1];
        int upperRow = -1, lowerRow = -1;
        for (int y = 0; y < height; y++)
        {
            int first = Math.Clamp(down.First[y], 0, picture.Height - 1), second = Math.Clamp(down.First[y] + 1, 0, picture.Height - 1);
            if (first == lowerRow)
                (upper, lower, upperRow, lowerRow) = (lower, upper, lowerRow, upperRow);
            if (first != upperRow)
                Across(picture.Bgr.AsSpan(first * sourceBytes, sourceBytes), across, upper, vectors);
            upperRow = first;
            if (second != lowerRow)
                Across(picture.Bgr.AsSpan(second * sourceBytes, sourceBytes), across, lower, vectors);
            lowerRow = second;
            Down(upper, lower, down.Near[y], down.Far[y], bgr.Slice(y * stride, rowValues), vectors);
        }
    }

    // Keeps value >> 4 of OpenCV's row of 32-bit values (at most 255 * 2048): that is all the pass down uses, and it fits 16 bits.
    private static void Across(ReadOnlySpan<byte> source, ResizeAxis axis, Span<short> row, bool vectors)
    {
        int x = 0;
        if (vectors)
        {
            ref byte from = ref MemoryMarshal.GetReference(source);
            ref short to = ref MemoryMarshal.GetReference(row);
            ref int first = ref MemoryMarshal.GetArrayDataReference(axis.First);
            ref int pair = ref MemoryMarshal.GetArrayDataReference(axis.Pairs);
            Vector128<byte> interleave = Vector128.Create((byte)0, 128, 3, 128, 1, 128, 4, 128, 2, 128, 5, 128, 128, 128, 128, 128);
            // The load takes 8 bytes where 6 are needed, so the last pixels of a row are left to the loop below.
            for (int end = axis.LoadableBefore(source.Length); x < end; x++)
            {
                ulong pixels = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, 3 * Unsafe.Add(ref first, x)));
                Vector128<short> words = Ssse3.Shuffle(Vector128.CreateScalarUnsafe(pixels).AsByte(), interleave).AsInt16();
                Vector128<int> sums = Sse2.MultiplyAddAdjacent(words, Vector128.Create(Unsafe.Add(ref pair, x)).AsInt16()) >> 4;
                ulong values = Sse2.PackSignedSaturate(sums, sums).AsUInt64().ToScalar();
                Unsafe.WriteUnaligned(ref Unsafe.As<short, byte>(ref Unsafe.Add(ref to, 3 * x)), values);
            }
        }
        for (; x < axis.First.Length; x++)
        {
            int from = 3 * axis.First[x], near = axis.Near[x], far = axis.Far[x];
            int next = from + 3 < source.Length ? from + 3 : from;
            for (int c = 0; c < 3; c++)
                row[3 * x + c] = (short)((source[from + c] * near + source[next + c] * far) >> 4);
        }
    }

    private static void Down(ReadOnlySpan<short> upper, ReadOnlySpan<short> lower, short near, short far, Span<byte> row, bool vectors)
    {
        int i = 0;
        if (vectors)
        {
            ref short a = ref MemoryMarshal.GetReference(upper);
            ref short b = ref MemoryMarshal.GetReference(lower);
            ref byte to = ref MemoryMarshal.GetReference(row);
            Vector128<short> nears = Vector128.Create(near), fars = Vector128.Create(far), two = Vector128.Create((short)2);
            for (; i <= row.Length - 16; i += 16)
            {
                Vector128<short> left = (Sse2.MultiplyHigh(Vector128.LoadUnsafe(ref a, (nuint)i), nears)
                    + Sse2.MultiplyHigh(Vector128.LoadUnsafe(ref b, (nuint)i), fars) + two) >> 2;
                Vector128<short> right = (Sse2.MultiplyHigh(Vector128.LoadUnsafe(ref a, (nuint)i + 8), nears)
                    + Sse2.MultiplyHigh(Vector128.LoadUnsafe(ref b, (nuint)i + 8), fars) + two) >> 2;
                Sse2.PackUnsignedSaturate(left, right).StoreUnsafe(ref to, (nuint)i);
            }
        }
        for (; i < row.Length; i++)
            row[i] = (byte)(((upper[i] * near >> 16) + (lower[i] * far >> 16) + 2) >> 2);
    }
}
