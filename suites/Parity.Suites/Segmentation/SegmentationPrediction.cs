using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Segmentation;

/// <summary>A class for each pixel of the picture.</summary>
/// <param name="Runs">See <see cref="ClassRuns"/>.</param>
/// <param name="Counts">"pixels.NAME" for each class; of a target also "unchanged" and "changed.NAME-to-NAME" pixels against the reference.</param>
public sealed record SegmentationPrediction(
    string SampleId, int Width, int Height, ImmutableArray<int> Runs, ImmutableSortedDictionary<string, int> Counts)
    : Prediction(SampleId, Counts);
