namespace Parity.Suites.Detection;

/// <summary>The reference's boxes as the truth that a target's are held against.</summary>
public static class AgreedBoxes
{
    /// <summary>Where the suite names no score from which boxes are shown: what scores less is more often wrong than right.</summary>
    private const double UsualScore = 0.3;

    public static bool IsTruth(in DetectedBox box, double? deploymentScore) => box.Score >= (deploymentScore ?? UsualScore);

    /// <summary>Those that are shown, with ids by their places.</summary>
    public static IReadOnlyList<BoxLabel> AsLabels(IEnumerable<DetectedBox> boxes, double? deploymentScore, IReadOnlyList<BoxCategory> categories) =>
    [
        .. boxes.Where(b => IsTruth(b, deploymentScore))
            .Select((b, i) => new BoxLabel(i + 1, categories[b.Category].Id, b.X, b.Y, b.Width, b.Height, (double)b.Width * b.Height, IsCrowd: false)),
    ];
}
