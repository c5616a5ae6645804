using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;
using Parity.Suites.Imaging;
using Parity.Suites.Keypoints;
using Parity.Suites.Segmentation;

namespace Parity.Suites.Scenes;

/// <summary>Figure scenes of a seed, drawn when they are read: boxes and joints of the figures, and a class for every pixel.</summary>
public sealed class FigureDataset : IDataset, IKeypointLabels, IClassMaps
{
    /// <summary>Part of <see cref="Sha256"/>; its number is raised whenever the generator's pixels or labels change.</summary>
    private const string Kind = "figures 1";

    private readonly SceneNumbers _numbers;
    private readonly Lazy<ImmutableArray<Labels>> _labels;

    public FigureDataset(int seed, int first, int count, int side)
    {
        _numbers = new SceneNumbers(Kind, seed, first, count, side);
        _labels = new(LabelAll);
    }

    public string Name => _numbers.Name;

    public ImmutableArray<Sample> Samples => _numbers.Samples;

    public string Sha256 => _numbers.Sha256;

    public ImmutableArray<BoxCategory> Categories { get; } = [new BoxCategory(1, "figure")];

    public Skeleton? Skeleton { get; } = new(
        ["head", "neck", "right hand", "left hand", "hip", "right foot", "left foot"], [(0, 1), (1, 2), (1, 3), (1, 4), (4, 5), (4, 6)]);

    public ImmutableArray<string> Classes { get; } = [.. Enum.GetNames<FigureSceneClass>().Select(n => n.ToLowerInvariant())];

    public int? Rest => (int)FigureSceneClass.Background;

    public Picture Read(Sample sample) => Draw(_numbers.IndexOf(sample.Id)).Picture;

    public string? ContentSha256(Sample sample) => SceneNumbers.Hex(Read(sample).Bgr);

    public IReadOnlyList<BoxLabel> LabelsOf(string sampleId) => _labels.Value[_numbers.IndexOf(sampleId)].Boxes;

    public IReadOnlyList<ImmutableArray<JointLabel>> JointsOf(string sampleId) => _labels.Value[_numbers.IndexOf(sampleId)].Joints;

    public LabelMap ClassesOf(string sampleId) => new(_numbers.Side, _numbers.Side, [.. Draw(_numbers.IndexOf(sampleId)).Classes]);

    public IDataset Take(int count) => new FigureDataset(_numbers.Seed, _numbers.First, count, _numbers.Side);

    private FigureScene Draw(int index) => FigureGenerator.Draw(_numbers.Seed, _numbers.First + index, _numbers.Side);

    private ImmutableArray<Labels> LabelAll()
    {
        var scenes = new ImmutableArray<Figure>[Samples.Length];
        Parallel.For(0, scenes.Length, i => scenes[i] = Draw(i).Figures);
        long id = 0;
        return [.. scenes.Select(figures => new Labels(
            [.. figures.Select(f => new BoxLabel(++id, 1, f.X, f.Y, f.Width, f.Height, f.VisiblePixels, IsCrowd: false))],
            [.. figures.Select(f => f.Joints.Select(j => new JointLabel(j.X, j.Y, j.Visibility)).ToImmutableArray())]))];
    }

    private sealed record Labels(ImmutableArray<BoxLabel> Boxes, ImmutableArray<ImmutableArray<JointLabel>> Joints);
}
