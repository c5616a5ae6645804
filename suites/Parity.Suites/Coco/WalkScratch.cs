namespace Parity.Suites.Coco;

/// <summary>Scratch memory of walks, one instance a thread.</summary>
internal sealed class WalkScratch(int mostInside, int mostEvents)
{
    private int[] _all = [];

    public int[] Running { get; } = new int[mostInside + 1];

    public int[] Hits { get; } = new int[mostEvents];

    public double[] Precisions { get; } = new double[mostEvents];

    public double[] Counted { get; } = new double[mostEvents];

    public CurvePoints Points { get; } = new();

    /// <summary>Room for every detection of a category.</summary>
    public int[] RunningOfAll(int detections)
    {
        if (_all.Length < detections)
            _all = new int[detections];
        return _all;
    }
}
