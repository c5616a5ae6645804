namespace Parity.Core;

/// <summary>A decoded 8-bit image: rows from the top, three bytes a pixel in the order blue, green, red.</summary>
public sealed class Picture
{
    /// <exception cref="ArgumentException">The array is not width x height x 3 bytes, or a side is not positive.</exception>
    public Picture(int width, int height, byte[] bgr)
    {
        if (width <= 0 || height <= 0 || bgr.Length != checked(width * height * 3))
            throw new ArgumentException($"{width} x {height} pixels do not fit {bgr.Length} bytes");
        Width = width;
        Height = height;
        Bgr = bgr;
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Bgr { get; }
}
