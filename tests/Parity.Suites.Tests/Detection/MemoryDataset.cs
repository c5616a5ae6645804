using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

/// <summary>Labels without pictures.</summary>
internal sealed class MemoryDataset(ImmutableArray<BoxCategory> categories, ImmutableDictionary<string, ImmutableArray<BoxLabel>> labels) : IDataset, IBoxLabels
{
    public string Name => "memory";

    public ImmutableArray<Sample> Samples => [.. labels.Keys.Order(StringComparer.Ordinal).Select(id => new Sample(id, id))];

    public string Sha256 => "";

    public ImmutableArray<BoxCategory> Categories => categories;

    public IReadOnlyList<BoxLabel> LabelsOf(string sampleId) => labels.GetValueOrDefault(sampleId, []);

    public Picture Read(Sample sample) => throw new NotSupportedException();

    public string? ContentSha256(Sample sample) => null;

    public IDataset Take(int count) => this;

    public static MemoryDataset Of(int categories) => new(
        [.. Enumerable.Range(1, categories).Select(i => new BoxCategory(i, $"c{i}"))], ImmutableDictionary<string, ImmutableArray<BoxLabel>>.Empty);
}

/// <summary>A dataset of another task.</summary>
internal sealed class UnlabelledDataset : IDataset
{
    public string Name => "pictures only";

    public ImmutableArray<Sample> Samples => [];

    public string Sha256 => "";

    public Picture Read(Sample sample) => throw new NotSupportedException();

    public string? ContentSha256(Sample sample) => null;

    public IDataset Take(int count) => this;
}
