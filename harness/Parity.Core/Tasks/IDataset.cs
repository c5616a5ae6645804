using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>Samples in a fixed order, read one at a time. Safe to read from several threads.</summary>
public interface IDataset
{
    string Name { get; }

    ImmutableArray<Sample> Samples { get; }

    /// <summary>SHA-256 over everything the dataset promises up front (annotations, list of samples), lower-case hex.</summary>
    string Sha256 { get; }

    /// <summary>Reads and decodes a sample.</summary>
    /// <exception cref="FaultException">Missing, truncated or of an unknown format.</exception>
    Picture Read(Sample sample);

    /// <summary>SHA-256 of the sample's content, lower-case hex, by which calibration and evaluation are kept disjoint; null when it cannot be read.</summary>
    string? ContentSha256(Sample sample);

    /// <summary>The same dataset with its first <paramref name="count"/> samples.</summary>
    IDataset Take(int count);
}
