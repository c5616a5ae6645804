using System.Collections.Immutable;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>Boxes that a detector found in a dataset's samples, for models that work on persons cut out. Safe to read from several threads.</summary>
public interface IDetectedBoxes
{
    bool HasDetections { get; }

    /// <summary>In the order of the detections file; empty where nothing was found.</summary>
    ImmutableArray<DetectedBox> DetectionsOf(string sampleId);
}
