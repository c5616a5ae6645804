namespace Parity.Suites.Coco;

/// <summary>Detections in columns, in the order of the results file, which decides among equal scores.</summary>
/// <param name="Samples">Index of each detection's sample.</param>
/// <param name="Categories">Index of each detection's category among the categories sorted by id.</param>
/// <param name="Scores">Finite.</param>
/// <param name="Areas">Square pixels: outside an area range an unmatched detection is no miss.</param>
public sealed record CocoDetections(int[] Samples, int[] Categories, double[] Scores, double[] Areas);
