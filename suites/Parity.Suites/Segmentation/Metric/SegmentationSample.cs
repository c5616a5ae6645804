using Parity.Suites.Imaging;

namespace Parity.Suites.Segmentation;

/// <summary>One picture's classes as labelled and as predicted.</summary>
/// <param name="Truth">May hold <see cref="IClassMaps.Ignored"/>.</param>
public sealed record SegmentationSample(string Id, LabelMap Truth, LabelMap Predicted);
