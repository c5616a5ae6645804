using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Tests.Fakes;

/// <summary>One-pixel pictures whose blue value is the sample's number; samples named in <paramref name="broken"/> cannot be read.</summary>
public sealed class FakeDataset(int count, params int[] broken) : IDataset
{
    public string Name => "fake";

    public ImmutableArray<Sample> Samples { get; } = [.. Enumerable.Range(0, count).Select(i => new Sample($"{i}", $"{i}.jpg"))];

    public string Sha256 => "00";

    public Picture Read(Sample sample)
    {
        int number = int.Parse(sample.Id);
        if (broken.Contains(number))
            throw new FaultException("the file is truncated", sample.Name, "Fetch it again.");
        return new Picture(1, 1, [(byte)number, 0, 0]);
    }

    public string? ContentSha256(Sample sample) => sample.Id;

    public IDataset Take(int most) => new FakeDataset(Math.Min(most, count), broken);
}
