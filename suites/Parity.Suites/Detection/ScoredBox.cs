namespace Parity.Suites.Detection;

/// <summary>A detection as the metric takes it: pixels of the picture, in double as COCO results hold them.</summary>
/// <param name="Category">Index into the evaluation's categories.</param>
public readonly record struct ScoredBox(double X, double Y, double Width, double Height, double Score, int Category);
