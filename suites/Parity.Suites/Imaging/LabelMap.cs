namespace Parity.Suites.Imaging;

/// <summary>One small number a pixel, rows from the top: a mask's labels as its file holds them, or the classes they stand for.</summary>
public sealed class LabelMap
{
    /// <exception cref="ArgumentException">The array is not width x height, or a side is not positive.</exception>
    public LabelMap(int width, int height, byte[] values)
    {
        if (width <= 0 || height <= 0 || values.Length != checked(width * height))
            throw new ArgumentException($"{width} x {height} pixels do not fit {values.Length} bytes");
        Width = width;
        Height = height;
        Values = values;
    }

    public int Width { get; }

    public int Height { get; }

    public byte[] Values { get; }
}
