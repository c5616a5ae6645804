using System.Security.Cryptography;
using Parity.Core;
using Parity.Suites.Scenes;

namespace Parity.Suites.Tests.Scenes;

public sealed class FigureGeneratorTests
{
    private static readonly FigureScene[] Drawn = [.. Enumerable.Range(0, 120).AsParallel().AsOrdered().Select(i => FigureGenerator.Draw(5, i, 128))];

    /// <summary>The golden pose and segmentation networks were trained on these very pixels: a change here makes their figures worthless.</summary>
    [Fact]
    public void Scenes_are_the_pinned_pixels_joints_and_classes_on_every_machine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (FigureScene scene in Drawn.Take(20))
        {
            hash.AppendData(scene.Picture.Bgr);
            hash.AppendData(scene.Classes.AsSpan());
            foreach (Figure figure in scene.Figures)
            {
                hash.AppendData(System.Text.Encoding.UTF8.GetBytes(FormattableString.Invariant($"{figure.X} {figure.Y} {figure.Width} {figure.Height} {figure.VisiblePixels};")));
                foreach (JointPlace joint in figure.Joints)
                    hash.AppendData([.. BitConverter.GetBytes(joint.X), .. BitConverter.GetBytes(joint.Y), (byte)joint.Visibility]);
            }
        }
        Convert.ToHexStringLower(hash.GetHashAndReset()).Should().Be("c37c35e8b82b17f353906a239a3313570c120503d570e3f10f6e045c0512b2c1");
    }

    [Fact]
    public void A_joint_is_seen_where_its_figure_shows_hidden_where_something_else_does_and_unlabelled_outside()
    {
        foreach (FigureScene scene in Drawn)
        {
            for (int i = 0; i < scene.Figures.Length; i++)
            {
                foreach (JointPlace joint in scene.Figures[i].Joints.Where(j => j.Visibility > 0))
                    (scene.Instances[(int)joint.Y * 128 + (int)joint.X] == i + 1).Should().Be(joint.Visibility == 2);
                scene.Figures[i].Joints.All(j => j.Visibility > 0 || (j.X == 0 && j.Y == 0)).Should().BeTrue();
            }
        }
        JointPlace[] joints = [.. Drawn.SelectMany(s => s.Figures).SelectMany(f => f.Joints)];
        foreach (int visibility in new[] { 0, 1, 2 })
            joints.Count(j => j.Visibility == visibility).Should().BeGreaterThan(joints.Length / 50, "each visibility occurs");
    }

    [Fact]
    public void Boxes_pixels_and_classes_agree_with_the_instances()
    {
        foreach (FigureScene scene in Drawn)
        {
            for (int i = 0; i < scene.Figures.Length; i++)
            {
                Figure figure = scene.Figures[i];
                int[] own = [.. Enumerable.Range(0, 128 * 128).Where(p => scene.Instances[p] == i + 1)];
                own.Should().HaveCount(figure.VisiblePixels);
                (own.Min(p => p % 128), own.Min(p => p / 128)).Should().Be((figure.X, figure.Y));
                (own.Max(p => p % 128) + 1, own.Max(p => p / 128) + 1).Should().Be((figure.X + figure.Width, figure.Y + figure.Height));
            }
            scene.Instances.Zip(scene.Classes).Should().OnlyContain(p => p.First > 0 == (p.Second == (byte)FigureSceneClass.Figure));
        }
        foreach (FigureSceneClass kind in Enum.GetValues<FigureSceneClass>())
            Drawn.Count(s => s.Classes.Contains((byte)kind)).Should().BeGreaterThan(40, kind.ToString());
    }

    [Fact]
    public void A_joints_own_right_is_on_the_pictures_left()
    {
        foreach (Figure figure in Drawn.SelectMany(s => s.Figures).Where(f => f.Joints.All(j => j.Visibility > 0)))
            figure.Joints[(int)FigureJoint.RightFoot].X.Should().BeLessThan(figure.Joints[(int)FigureJoint.LeftFoot].X);
    }

    [Fact]
    public void The_dataset_gives_what_is_drawn()
    {
        var dataset = new FigureDataset(5, 7, 2, 128);
        FigureScene scene = Drawn[8];
        dataset.Read(dataset.Samples[1]).Bgr.Should().Equal(scene.Picture.Bgr);
        dataset.LabelsOf("8").Select(b => (b.X, b.Y, b.Area)).Should().Equal(scene.Figures.Select(f => ((double)f.X, (double)f.Y, (double)f.VisiblePixels)));
        dataset.JointsOf("8").SelectMany(j => j).Select(j => (j.X, j.Y, j.Visibility)).Should().Equal(scene.Figures.SelectMany(f => f.Joints).Select(j => (j.X, j.Y, j.Visibility)));
        dataset.ClassesOf("8").Values.Should().Equal(scene.Classes);
        dataset.Sha256.Should().NotBe(new SceneDataset(5, 7, 2, 128).Sha256).And.NotBe(dataset.Take(1).Sha256);
        dataset.Skeleton!.Joints.Should().HaveSameCount(Enum.GetValues<FigureJoint>());
    }
}
