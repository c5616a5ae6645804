using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Scenes;

/// <summary>Scenes <c>first</c> .. <c>first + count - 1</c> of a seed, drawn when they are read: a labelled dataset without files.</summary>
public sealed class SceneDataset : IDataset, IBoxLabels
{
    /// <summary>Part of <see cref="Sha256"/>; raised whenever the generator's pixels or boxes change.</summary>
    private const int GeneratorVersion = 1;

    private readonly int _seed;
    private readonly int _side;
    private readonly FrozenDictionary<string, int> _indexes;
    private readonly Lazy<ImmutableArray<ImmutableArray<BoxLabel>>> _labels;

    public SceneDataset(int seed, int first, int count, int side)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(first);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(count);
        (_seed, First, _side) = (seed, first, side);
        Samples = [.. Enumerable.Range(first, count).Select(i => new Sample(Text(i), $"scene {Text(seed)}/{Text(i)}"))];
        _indexes = Enumerable.Range(0, count).ToFrozenDictionary(i => Samples[i].Id, i => i, StringComparer.Ordinal);
        Sha256 = Hex(Encoding.UTF8.GetBytes($"scenes {GeneratorVersion} {Text(seed)} {Text(first)} {Text(count)} {Text(side)}"));
        _labels = new(LabelAll);
    }

    public string Name => string.Create(CultureInfo.InvariantCulture, $"scenes {_seed}/{First}+{Samples.Length}");

    public int First { get; }

    public ImmutableArray<Sample> Samples { get; }

    public string Sha256 { get; }

    public ImmutableArray<BoxCategory> Categories { get; } = [.. Enum.GetValues<SceneClass>().Select(c => new BoxCategory((int)c, c.ToString().ToLowerInvariant()))];

    public Picture Read(Sample sample) => Draw(IndexOf(sample.Id)).Picture;

    public string? ContentSha256(Sample sample) => Hex(Read(sample).Bgr);

    public IReadOnlyList<BoxLabel> LabelsOf(string sampleId) => _labels.Value[IndexOf(sampleId)];

    public IDataset Take(int count) => new SceneDataset(_seed, First, count, _side);

    private Scene Draw(int index) => SceneGenerator.Draw(_seed, First + index, _side);

    private int IndexOf(string id) => _indexes.TryGetValue(id, out int index)
        ? index
        : throw new FaultException($"sample '{id}' is not part of it", Name, $"Ask for samples {First} to {First + Samples.Length - 1}.");

    private ImmutableArray<ImmutableArray<BoxLabel>> LabelAll()
    {
        var scenes = new ImmutableArray<SceneBox>[Samples.Length];
        Parallel.For(0, scenes.Length, i => scenes[i] = Draw(i).Boxes);
        long id = 0;
        return [.. scenes.Select(boxes => boxes.Select(b =>
            new BoxLabel(++id, (int)b.Class, b.X, b.Y, b.Width, b.Height, (double)b.Width * b.Height, IsCrowd: false)).ToImmutableArray())];
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));
}
