namespace Parity.Suites.Geometry;

/// <summary>A point in pixels of the picture.</summary>
public readonly record struct Point(double X, double Y);
