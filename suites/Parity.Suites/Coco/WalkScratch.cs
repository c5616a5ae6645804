namespace Parity.Suites.Coco;

/// <summary>Scratch memory of walks, one instance a thread.</summary>
internal sealed class WalkScratch(int mostInside)
{
    public int[] Running { get; } = new int[mostInside + 1];

    public int[] Hits { get; private set; } = [];

    public double[] Precisions { get; private set; } = [];

    public double[] Counted { get; private set; } = [];

    /// <summary>Makes room for the points of a curve.</summary>
    public void Reserve(int points)
    {
        if (Hits.Length < points)
            (Hits, Precisions, Counted) = (new int[points * 3 / 2], new double[points * 3 / 2], new double[points * 3 / 2]);
    }
}
