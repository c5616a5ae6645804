namespace Parity.Suites.Datasets;

/// <summary>Where a JSON object stands in its file, in bytes: what most tasks never need (polygons, keypoints, skeletons) is read only when asked for.</summary>
public readonly record struct JsonRange(long Offset, int Length);
