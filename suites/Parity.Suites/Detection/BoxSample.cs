namespace Parity.Suites.Detection;

/// <summary>One image with its truth and what was detected in it.</summary>
/// <param name="Boxes">In any order of scores; among equal scores the order decides, as in a results file.</param>
public sealed record BoxSample(string Id, IReadOnlyList<BoxLabel> Labels, IReadOnlyList<ScoredBox> Boxes);
