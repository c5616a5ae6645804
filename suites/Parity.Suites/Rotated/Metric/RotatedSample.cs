using System.Collections.Immutable;
using Parity.Suites.Geometry;

namespace Parity.Suites.Rotated;

/// <summary>A labelled quadrilateral.</summary>
/// <param name="Category">Index into the evaluation's categories.</param>
/// <param name="IsDifficult">Neither hit nor miss.</param>
public sealed record RotatedLabel(ImmutableArray<Point> Corners, int Category, bool IsDifficult);

/// <summary>A detected quadrilateral.</summary>
/// <param name="Score">Finite; of any range.</param>
/// <param name="Category">Index into the evaluation's categories.</param>
public sealed record RotatedDetection(ImmutableArray<Point> Corners, double Score, int Category);

/// <summary>One picture with its truth and what was detected in it.</summary>
public sealed record RotatedSample(string Id, ImmutableArray<RotatedLabel> Labels, ImmutableArray<RotatedDetection> Detections);
