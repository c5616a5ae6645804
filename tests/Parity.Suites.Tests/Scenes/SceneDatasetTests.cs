using System.Collections.Immutable;
using System.Security.Cryptography;
using Parity.Core;
using Parity.Suites.Detection;
using Parity.Suites.Scenes;

namespace Parity.Suites.Tests.Scenes;

public sealed class SceneDatasetTests
{
    private static readonly SceneDataset Scenes = new(seed: 3, first: 10, count: 6, side: 96);

    [Fact]
    public void Samples_are_the_scenes_from_first_on()
    {
        Scenes.Samples.Select(s => s.Id).Should().Equal("10", "11", "12", "13", "14", "15");
        Scenes.Read(Scenes.Samples[2]).Bgr.Should().Equal(SceneGenerator.Draw(3, 12, 96).Picture.Bgr);
        Scenes.ContentSha256(Scenes.Samples[2]).Should().Be(Convert.ToHexStringLower(SHA256.HashData(SceneGenerator.Draw(3, 12, 96).Picture.Bgr)));
    }

    [Fact]
    public void Labels_are_the_boxes_of_the_scene_with_ids_of_their_own()
    {
        BoxLabel[] labels = [.. Scenes.Samples.SelectMany(s => Scenes.LabelsOf(s.Id))];
        SceneBox[] boxes = [.. Enumerable.Range(10, 6).SelectMany(i => SceneGenerator.Draw(3, i, 96).Boxes)];
        labels.Select(l => (l.CategoryId, l.X, l.Y, l.Width, l.Height, l.Area, l.IsCrowd)).Should()
            .Equal(boxes.Select(b => ((int)b.Class, (double)b.X, (double)b.Y, (double)b.Width, (double)b.Height, (double)b.Width * b.Height, false)));
        labels.Select(l => l.Id).Should().Equal(Enumerable.Range(1, labels.Length).Select(i => (long)i));
        Scenes.Categories.Should().Equal(
            new BoxCategory(1, "disc"), new BoxCategory(2, "square"), new BoxCategory(3, "triangle"), new BoxCategory(4, "star"), new BoxCategory(5, "ring"), new BoxCategory(6, "cross"));
    }

    [Fact]
    public void The_hash_names_the_scenes_and_a_part_has_another()
    {
        Scenes.Sha256.Should().Be(new SceneDataset(3, 10, 6, 96).Sha256).And.MatchRegex("^[0-9a-f]{64}$");
        string[] others = [Scenes.Take(5).Sha256, new SceneDataset(4, 10, 6, 96).Sha256, new SceneDataset(3, 11, 6, 96).Sha256, new SceneDataset(3, 10, 6, 97).Sha256];
        others.Append(Scenes.Sha256).Should().OnlyHaveUniqueItems();
        Scenes.Take(5).Samples.Should().Equal(Scenes.Samples.Take(5));
    }

    [Fact]
    public void A_sample_of_another_dataset_is_a_fault()
    {
        FluentActions.Invoking(() => Scenes.Read(new Sample("9", "scene 3/9"))).Should().Throw<FaultException>().WithMessage("*sample '9'*10 to 15*");
        FluentActions.Invoking(() => Scenes.LabelsOf("16")).Should().Throw<FaultException>();
    }

    [Fact]
    public void The_section_of_a_suite_opens_the_dataset()
    {
        (IDataset? dataset, FaultList faults) = Open(("format", "scenes"), ("seed", "3"), ("first", "10"), ("count", "6"), ("side", "96"));
        faults.Count.Should().Be(0);
        dataset!.Sha256.Should().Be(Scenes.Sha256);
    }

    [Fact]
    public void Every_mistake_of_the_section_is_named_at_once()
    {
        (IDataset? dataset, FaultList faults) = Open(("format", "scenes"), ("count", "0"), ("side", "2000"), ("sead", "3"));
        dataset.Should().BeNull();
        faults.ToImmutable().Select(f => f.What).Should().BeEquivalentTo(
            "'seed' is missing", "'count' is '0', which is not a whole number from 1 to 1000000", "'side' is '2000', which is not a whole number from 64 to 1024", "unknown key 'sead'");
    }

    private static (IDataset? Dataset, FaultList Faults) Open(params (string Key, string Value)[] entries)
    {
        var faults = new FaultList();
        var section = entries.ToImmutableDictionary(e => e.Key, e => new SettingsValue("suite.yaml:1", e.Value, null, null));
        return (new SceneDatasetFormat().Open(new Settings("suite.yaml:1 dataset", section, faults), "."), faults);
    }
}
