using System.Collections.Immutable;

namespace Parity.Suites.Detection;

/// <summary>What COCO's evaluation ranges over: the T, R, A and M of its arrays.</summary>
/// <param name="IouThresholds">T, at most 16.</param>
/// <param name="RecallThresholds">R, ascending from 0.</param>
/// <param name="Areas">A, at most 8; the first is all sizes.</param>
/// <param name="MaxDetections">M, ascending: most detections an image and category.</param>
public sealed record CocoParameters(
    ImmutableArray<double> IouThresholds, ImmutableArray<double> RecallThresholds, ImmutableArray<AreaRange> Areas, ImmutableArray<int> MaxDetections)
{
    /// <summary>pycocotools' defaults for boxes and masks.</summary>
    public static CocoParameters Default { get; } = new(
        Linear(0.5, 0.95, 10),
        Linear(0, 1, 101),
        [new("all", 0, 1e10), new("small", 0, 32 * 32), new("medium", 32 * 32, 96 * 96), new("large", 96 * 96, 1e10)],
        [1, 10, 100]);

    /// <summary>numpy.linspace bit for bit: the thresholds are compared with quotients, so i/100 instead of i*0.01 would flip samples of the curve.</summary>
    private static ImmutableArray<double> Linear(double start, double stop, int count)
    {
        double step = (stop - start) / (count - 1);
        var values = ImmutableArray.CreateBuilder<double>(count);
        for (int i = 0; i < count - 1; i++)
            values.Add((i * step) + start);
        values.Add(stop);
        return values.MoveToImmutable();
    }
}
