namespace Parity.Suites.Coco;

/// <summary>Points of one precision-recall curve in order of descending score. Scratch memory of one walk, reused by the next.</summary>
internal sealed class CurvePoints
{
    /// <summary>np.spacing(1): from 1 to the next double.</summary>
    private const double Spacing = 2.220446049250313e-16;

    private int[] _hits = new int[64];
    private double[] _precisions = new double[64];
    private int[] _positions = new int[64];

    public int Count { get; private set; }

    public ReadOnlySpan<int> Hits => _hits.AsSpan(0, Count);

    public ReadOnlySpan<double> Precisions => _precisions.AsSpan(0, Count);

    public ReadOnlySpan<int> Positions => _positions.AsSpan(0, Count);

    public void Clear() => Count = 0;

    /// <param name="counted">True and false positives so far.</param>
    public void Add(int hits, int counted, int position)
    {
        if (Count == _hits.Length)
        {
            Array.Resize(ref _hits, Count * 2);
            Array.Resize(ref _precisions, Count * 2);
            Array.Resize(ref _positions, Count * 2);
        }
        _hits[Count] = hits;
        // pycocotools adds np.spacing(1): it makes 1/1 the number below one.
        _precisions[Count] = hits / (counted + Spacing);
        _positions[Count++] = position;
    }

    /// <summary>Turns precisions into their envelope: the best at this or any higher recall.</summary>
    public void Envelope()
    {
        for (int i = Count - 1; i > 0; i--)
        {
            if (_precisions[i] > _precisions[i - 1])
                _precisions[i - 1] = _precisions[i];
        }
    }
}
