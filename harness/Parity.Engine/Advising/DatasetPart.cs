using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using Parity.Core;

namespace Parity.Engine.Advising;

/// <summary>Some samples of a dataset.</summary>
public sealed class DatasetPart(IDataset whole, ImmutableArray<Sample> samples) : IDataset
{
    public string Name => whole.Name;

    public ImmutableArray<Sample> Samples => samples;

    public string Sha256 { get; } = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', [whole.Sha256, .. samples.Select(s => s.Id)]))));

    public Picture Read(Sample sample) => whole.Read(sample);

    public string? ContentSha256(Sample sample) => whole.ContentSha256(sample);

    public IDataset Take(int count) => new DatasetPart(whole, [.. samples.Take(count)]);

    /// <summary>The first <paramref name="searched"/> samples, and all others whose content is none of theirs.</summary>
    public static (DatasetPart Searched, DatasetPart Unseen) Split(IDataset whole, int searched)
    {
        ImmutableArray<Sample> first = [.. whole.Samples.Take(searched)];
        var seen = first.Select(whole.ContentSha256).OfType<string>().ToHashSet(StringComparer.Ordinal);
        return (new DatasetPart(whole, first), new DatasetPart(whole, [.. whole.Samples.Skip(searched).Where(s => whole.ContentSha256(s) is not { } content || !seen.Contains(content))]));
    }
}
