using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Scenes;

/// <summary>Shape scenes <c>first</c> .. <c>first + count - 1</c> of a seed, drawn when they are read: a labelled dataset without files.</summary>
public sealed class SceneDataset : IDataset, IBoxLabels
{
    /// <summary>Part of <see cref="Sha256"/>; its number is raised whenever the generator's pixels or boxes change.</summary>
    private const string Kind = "scenes 1";

    private readonly SceneNumbers _numbers;
    private readonly Lazy<ImmutableArray<ImmutableArray<BoxLabel>>> _labels;

    public SceneDataset(int seed, int first, int count, int side)
    {
        _numbers = new SceneNumbers(Kind, seed, first, count, side);
        _labels = new(LabelAll);
    }

    public string Name => _numbers.Name;

    public ImmutableArray<Sample> Samples => _numbers.Samples;

    public string Sha256 => _numbers.Sha256;

    public ImmutableArray<BoxCategory> Categories { get; } = [.. Enum.GetValues<SceneClass>().Select(c => new BoxCategory((int)c, c.ToString().ToLowerInvariant()))];

    public Picture Read(Sample sample) => Draw(_numbers.IndexOf(sample.Id)).Picture;

    public string? ContentSha256(Sample sample) => SceneNumbers.Hex(Read(sample).Bgr);

    public IReadOnlyList<BoxLabel> LabelsOf(string sampleId) => _labels.Value[_numbers.IndexOf(sampleId)];

    public IDataset Take(int count) => new SceneDataset(_numbers.Seed, _numbers.First, count, _numbers.Side);

    private Scene Draw(int index) => SceneGenerator.Draw(_numbers.Seed, _numbers.First + index, _numbers.Side);

    private ImmutableArray<ImmutableArray<BoxLabel>> LabelAll()
    {
        var scenes = new ImmutableArray<SceneBox>[Samples.Length];
        Parallel.For(0, scenes.Length, i => scenes[i] = Draw(i).Boxes);
        long id = 0;
        return [.. scenes.Select(boxes => boxes.Select(b =>
            new BoxLabel(++id, (int)b.Class, b.X, b.Y, b.Width, b.Height, (double)b.Width * b.Height, IsCrowd: false)).ToImmutableArray())];
    }
}
