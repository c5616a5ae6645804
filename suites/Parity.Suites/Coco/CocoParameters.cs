using System.Collections.Immutable;
using System.Globalization;

namespace Parity.Suites.Coco;

/// <summary>What COCO's evaluation ranges over: the T, R, A and M of its arrays.</summary>
/// <param name="IouThresholds">T, at most 16.</param>
/// <param name="RecallThresholds">R, ascending from 0.</param>
/// <param name="Areas">A, at most 8; the first is all sizes.</param>
/// <param name="MaxDetections">M, ascending: most detections an image and category.</param>
/// <param name="Statistics">What is summarized, in COCO's order.</param>
public sealed record CocoParameters(
    ImmutableArray<double> IouThresholds, ImmutableArray<double> RecallThresholds, ImmutableArray<AreaRange> Areas, ImmutableArray<int> MaxDetections,
    ImmutableArray<CocoStatistic> Statistics)
{
    private static readonly AreaRange All = new("all", 0, 1e10), Small = new("small", 0, 32 * 32), Medium = new("medium", 32 * 32, 96 * 96), Large = new("large", 96 * 96, 1e10);

    /// <summary>pycocotools' defaults for boxes and masks.</summary>
    public static CocoParameters Default { get; } = Detection([1, 10, 100]);

    /// <summary>Twelve statistics of boxes or masks. AP is at the largest limit; pycocotools prints -1 for it when that is not 100.</summary>
    /// <param name="maxDetections">Ascending, at least one.</param>
    public static CocoParameters Detection(ImmutableArray<int> maxDetections)
    {
        int last = maxDetections.Length - 1;
        return Of([All, Small, Medium, Large], maxDetections,
        [
            new("AP", true, null, 0, last), new("AP50", true, 0, 0, last), new("AP75", true, 5, 0, last),
            new("APs", true, null, 1, last), new("APm", true, null, 2, last), new("APl", true, null, 3, last),
            .. maxDetections.Select((m, i) => new CocoStatistic(string.Create(CultureInfo.InvariantCulture, $"AR{m}"), false, null, 0, i)),
            new("ARs", false, null, 1, last), new("ARm", false, null, 2, last), new("ARl", false, null, 3, last),
        ]);
    }

    /// <summary>Ten statistics of keypoints: persons have no small ones.</summary>
    public static CocoParameters Keypoints(ImmutableArray<int> maxDetections)
    {
        int last = maxDetections.Length - 1;
        return Of([All, Medium, Large], maxDetections,
        [
            new("AP", true, null, 0, last), new("AP50", true, 0, 0, last), new("AP75", true, 5, 0, last), new("APm", true, null, 1, last), new("APl", true, null, 2, last),
            new("AR", false, null, 0, last), new("AR50", false, 0, 0, last), new("AR75", false, 5, 0, last), new("ARm", false, null, 1, last), new("ARl", false, null, 2, last),
        ]);
    }

    /// <summary>
    /// AP alone, with as many thresholds above .9 as below: COCO's ten do not see a box move by a hundredth, of which a hundred more make it lose a point against the truth.
    /// </summary>
    public CocoParameters ForAgreement => this with
    {
        IouThresholds = [0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.92, 0.94, 0.95, 0.96, 0.97, 0.98, 0.985, 0.99, 0.995],
        Statistics = [new("AP", true, null, 0, MaxDetections.Length - 1)],
    };

    private static CocoParameters Of(ImmutableArray<AreaRange> areas, ImmutableArray<int> maxDetections, ImmutableArray<CocoStatistic> statistics) =>
        new(Linear(0.5, 0.95, 10), Linear(0, 1, 101), areas, maxDetections, statistics);

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
