using Parity.Core;

namespace Parity.Suites.Segmentation;

/// <summary>The score maps of one picture, a plane a class, wherever the layout puts them.</summary>
/// <param name="PlaneStep">Values from a class to the next.</param>
/// <param name="PixelStep">Values from a pixel to the next of its row; rows follow each other.</param>
internal readonly ref struct ScoreMaps(ReadOnlySpan<float> values, int classes, int width, int height, TensorLayout layout)
{
    private readonly ReadOnlySpan<float> _values = values;

    public int Classes { get; } = classes;

    private int PlaneStep { get; } = layout == TensorLayout.Nchw ? width * height : 1;

    private int PixelStep { get; } = layout == TensorLayout.Nchw ? 1 : classes;

    /// <summary>Resizes one class's plane to the picture and hands over its rows from the top.</summary>
    public void Rows(int plane, MapResize resize, Placement placement, Action<int, float[]> row)
    {
        var across = MapAxis.Across(resize, width, placement);
        var down = MapAxis.Down(resize, height, placement);
        float[] upper = new float[placement.PictureWidth], lower = new float[placement.PictureWidth], blended = new float[placement.PictureWidth];
        int upperRow = -1, lowerRow = -1;
        for (int y = 0; y < placement.PictureHeight; y++)
        {
            if (down.First[y] == lowerRow)
                (upper, lower, upperRow, lowerRow) = (lower, upper, lowerRow, upperRow);
            if (down.First[y] != upperRow)
                Across(plane, upperRow = down.First[y], across, upper);
            if (down.Second[y] != lowerRow)
                Across(plane, lowerRow = down.Second[y], across, lower);
            float far = down.Far[y], near = 1 - far;
            for (int x = 0; x < blended.Length; x++)
                blended[x] = (upper[x] * near) + (lower[x] * far);
            row(y, blended);
        }
    }

    private void Across(int plane, int y, MapAxis axis, float[] row)
    {
        ReadOnlySpan<float> source = _values[((plane * PlaneStep) + (y * width * PixelStep))..];
        for (int x = 0; x < row.Length; x++)
        {
            float far = axis.Far[x];
            row[x] = (source[axis.First[x] * PixelStep] * (1 - far)) + (source[axis.Second[x] * PixelStep] * far);
        }
    }
}
