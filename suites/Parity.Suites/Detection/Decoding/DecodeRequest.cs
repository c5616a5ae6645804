using Parity.Core;

namespace Parity.Suites.Detection;

/// <param name="Threshold">Scores above it are candidates, an equal one is not.</param>
/// <param name="EveryClass">Every class above the threshold makes a candidate, with index box * Classes + class; else only the best class of a box, with the box's index.</param>
public readonly record struct DecodeRequest(Sample Sample, Placement Placement, int Classes, float Threshold, bool EveryClass);
