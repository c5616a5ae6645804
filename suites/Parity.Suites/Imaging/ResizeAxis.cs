namespace Parity.Suites.Imaging;

/// <summary>Which two source pixels each resized pixel of one axis lies between, and their weights in 2048ths, as OpenCV 4.6 computes them.</summary>
/// <param name="First">Index of the nearer-to-zero pixel; down it may be -1 or the last, whose neighbour is then itself.</param>
/// <param name="Near">Weight of the first pixel.</param>
/// <param name="Far">Weight of the pixel after it.</param>
/// <param name="Pairs">Near in the low and far in the high 16 bits.</param>
internal sealed record ResizeAxis(int[] First, short[] Near, short[] Far, int[] Pairs)
{
    private const float One = 2048;

    /// <summary>Across, a pixel beyond the border takes the border pixel with its full weight.</summary>
    public static ResizeAxis Across(int from, int to) => Make(from, to, clampWeights: true);

    /// <summary>Down, OpenCV keeps the weights and repeats the border row, which rounds differently.</summary>
    public static ResizeAxis Down(int from, int to) => Make(from, to, clampWeights: false);

    /// <summary>The first resized pixel whose source pixels cannot be read as 8 bytes at once from a row of <paramref name="rowBytes"/>.</summary>
    public int LoadableBefore(int rowBytes)
    {
        int end = First.Length;
        while (end > 0 && First[end - 1] * 3 + 8 > rowBytes)
            end--;
        return end;
    }

    private static ResizeAxis Make(int from, int to, bool clampWeights)
    {
        var axis = new ResizeAxis(new int[to], new short[to], new short[to], new int[to]);
        // The reciprocal of the inverse scale, not from / to: the two differ in the last bit.
        double scale = 1.0 / ((double)to / from);
        for (int i = 0; i < to; i++)
        {
            float position = (float)((i + 0.5) * scale - 0.5);
            int first = (int)MathF.Floor(position);
            float fraction = position - first;
            if (clampWeights && first < 0)
                (first, fraction) = (0, 0);
            if (clampWeights && first >= from - 1)
                (first, fraction) = (from - 1, 0);
            axis.First[i] = first;
            axis.Near[i] = (short)MathF.Round((1 - fraction) * One, MidpointRounding.ToEven);
            axis.Far[i] = (short)MathF.Round(fraction * One, MidpointRounding.ToEven);
            axis.Pairs[i] = (ushort)axis.Near[i] | axis.Far[i] << 16;
        }
        return axis;
    }
}
