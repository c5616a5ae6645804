namespace Parity.Suites.Coco;

/// <summary>The entries of a results file in columns that grow together.</summary>
/// <param name="shape">Which shapes are kept.</param>
/// <param name="keypoints">Keypoints of an entry.</param>
internal sealed class ResultColumns(CocoShape shape, int keypoints, int capacity)
{
    public int Count { get; private set; }

    public long[] Images = new long[capacity];

    public long[] Categories = new long[capacity];

    public double[] Scores = new double[capacity];

    /// <summary>Square pixels; NaN where it follows from a mask that is not yet drawn.</summary>
    public double[] Areas = new double[capacity];

    /// <summary>x, y, width, height of each, where boxes are compared.</summary>
    public double[] Boxes = new double[shape == CocoShape.Box ? capacity * 4 : 0];

    /// <summary>Offset in the file of each <c>segmentation</c>, where masks are compared.</summary>
    public long[] Shapes = new long[shape == CocoShape.Mask ? capacity : 0];

    public MaskExtent[] Extents = new MaskExtent[shape == CocoShape.Mask ? capacity : 0];

    /// <summary>x of each keypoint, then y of each, where they are compared.</summary>
    public double[] Keypoints = new double[shape == CocoShape.Keypoints ? capacity * keypoints * 2 : 0];

    public void Add(long image, long category, double score, double area, ReadOnlySpan<double> box, long offset, MaskExtent extent, ReadOnlySpan<double> points)
    {
        if (Count == Scores.Length)
            Reserve(Math.Max(64, Count + (Count / 2)));
        (Images[Count], Categories[Count], Scores[Count], Areas[Count]) = (image, category, score, area);
        if (shape == CocoShape.Box)
            box.CopyTo(Boxes.AsSpan(Count * 4));
        else if (shape == CocoShape.Mask)
            (Shapes[Count], Extents[Count]) = (offset, extent);
        for (int k = 0; shape == CocoShape.Keypoints && k < keypoints; k++)
            (Keypoints[(Count * keypoints * 2) + k], Keypoints[(((Count * 2) + 1) * keypoints) + k]) = (points[k * 3], points[(k * 3) + 1]);
        Count++;
    }

    /// <summary>Puts the entries of a later part of the file behind these.</summary>
    public void Append(ResultColumns later)
    {
        int total = Count + later.Count;
        Join(ref Images, later.Images, 1);
        Join(ref Categories, later.Categories, 1);
        Join(ref Scores, later.Scores, 1);
        Join(ref Areas, later.Areas, 1);
        if (shape == CocoShape.Box)
            Join(ref Boxes, later.Boxes, 4);
        if (shape == CocoShape.Mask)
        {
            Join(ref Shapes, later.Shapes, 1);
            Join(ref Extents, later.Extents, 1);
        }
        if (shape == CocoShape.Keypoints)
            Join(ref Keypoints, later.Keypoints, keypoints * 2);
        Count = total;

        void Join<T>(ref T[] to, T[] from, int width)
        {
            if (to.Length < total * width)
                Array.Resize(ref to, total * width);
            Array.Copy(from, 0, to, Count * width, later.Count * width);
        }
    }

    /// <summary>Makes room for so many entries in all.</summary>
    public void Reserve(int size)
    {
        size = Math.Max(size, Count);
        Array.Resize(ref Images, size);
        Array.Resize(ref Categories, size);
        Array.Resize(ref Scores, size);
        Array.Resize(ref Areas, size);
        if (shape == CocoShape.Box)
            Array.Resize(ref Boxes, size * 4);
        if (shape == CocoShape.Mask)
        {
            Array.Resize(ref Shapes, size);
            Array.Resize(ref Extents, size);
        }
        if (shape == CocoShape.Keypoints)
            Array.Resize(ref Keypoints, size * keypoints * 2);
    }
}
