namespace Parity.Suites.Detection;

/// <summary>
/// Boxes above the score threshold on their way through TopK, NMS and limit: columns, corners in pixels of the model's input
/// (of the picture after <see cref="Map"/>). Grows as it is filled; one instance a prediction.
/// </summary>
public sealed class Candidates
{
    private float[] _left = new float[256];
    private float[] _top = new float[256];
    private float[] _right = new float[256];
    private float[] _bottom = new float[256];
    private float[] _scores = new float[256];
    private int[] _classes = new int[256];
    private int[] _indices = new int[256];

    public int Count { get; private set; }

    public ReadOnlySpan<float> Left => _left.AsSpan(0, Count);

    public ReadOnlySpan<float> Top => _top.AsSpan(0, Count);

    public ReadOnlySpan<float> Right => _right.AsSpan(0, Count);

    public ReadOnlySpan<float> Bottom => _bottom.AsSpan(0, Count);

    public ReadOnlySpan<float> Scores => _scores.AsSpan(0, Count);

    /// <summary>Model's class, from 0.</summary>
    public ReadOnlySpan<int> Classes => _classes.AsSpan(0, Count);

    /// <summary>Index among the model's raw candidates, as the decoder counts them; ascending.</summary>
    public ReadOnlySpan<int> Indices => _indices.AsSpan(0, Count);

    public void Add(float left, float top, float right, float bottom, float score, int category, int index)
    {
        if (Count == _left.Length)
            Grow();
        (_left[Count], _top[Count], _right[Count], _bottom[Count]) = (left, top, right, bottom);
        (_scores[Count], _classes[Count], _indices[Count]) = (score, category, index);
        Count++;
    }

    public Candidates Copy()
    {
        var copy = new Candidates();
        for (int i = 0; i < Count; i++)
            copy.Add(_left[i], _top[i], _right[i], _bottom[i], _scores[i], _classes[i], _indices[i]);
        return copy;
    }

    /// <summary>From input pixels to picture pixels.</summary>
    public void Map(Parity.Core.Placement placement)
    {
        for (int i = 0; i < Count; i++)
        {
            _left[i] = (float)((_left[i] - placement.OffsetX) / placement.ScaleX);
            _right[i] = (float)((_right[i] - placement.OffsetX) / placement.ScaleX);
            _top[i] = (float)((_top[i] - placement.OffsetY) / placement.ScaleY);
            _bottom[i] = (float)((_bottom[i] - placement.OffsetY) / placement.ScaleY);
        }
    }

    private void Grow()
    {
        int size = Count * 2;
        Array.Resize(ref _left, size);
        Array.Resize(ref _top, size);
        Array.Resize(ref _right, size);
        Array.Resize(ref _bottom, size);
        Array.Resize(ref _scores, size);
        Array.Resize(ref _classes, size);
        Array.Resize(ref _indices, size);
    }
}
