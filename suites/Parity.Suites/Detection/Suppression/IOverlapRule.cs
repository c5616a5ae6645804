namespace Parity.Suites.Detection;

/// <summary>The arithmetic in which contracts differ, all in float32.</summary>
internal interface IOverlapRule
{
    /// <summary>Added to every side: 1 where coordinates name whole pixels.</summary>
    static abstract float Offset { get; }

    /// <summary>Corners given the wrong way round are swapped; else such a box overlaps nothing.</summary>
    static abstract bool Reorders { get; }

    static abstract float Iou(float shared, float areaKept, float areaCandidate);

    static abstract bool Suppresses(float iou, double threshold);
}
