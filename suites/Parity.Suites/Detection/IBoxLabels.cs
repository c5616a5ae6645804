using System.Collections.Immutable;

namespace Parity.Suites.Detection;

/// <summary>Ground truth that a dataset must offer for detection. Safe to read from several threads.</summary>
public interface IBoxLabels
{
    /// <summary>In the dataset's own order; ids are unique.</summary>
    ImmutableArray<BoxCategory> Categories { get; }

    /// <summary>In the order of the annotation file, which decides ties; empty for a sample without objects.</summary>
    IReadOnlyList<BoxLabel> LabelsOf(string sampleId);
}
