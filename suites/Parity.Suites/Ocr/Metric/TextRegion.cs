using System.Collections.Immutable;
using Parity.Suites.Geometry;

namespace Parity.Suites.Ocr;

/// <summary>A labelled region of text: a polygon, mostly of four corners.</summary>
/// <param name="IsDontCare">Unreadable ("###"): what is found there is neither right nor wrong.</param>
public sealed record TextRegion(ImmutableArray<Point> Polygon, bool IsDontCare);

/// <summary>One picture's regions as labelled and as detected.</summary>
public sealed record TextDetectionSample(string Id, ImmutableArray<TextRegion> Truth, ImmutableArray<ImmutableArray<Point>> Detected);
