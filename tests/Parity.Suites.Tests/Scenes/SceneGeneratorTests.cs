using System.Security.Cryptography;
using Parity.Suites.Scenes;

namespace Parity.Suites.Tests.Scenes;

public sealed class SceneGeneratorTests
{
    private static readonly Scene[] Drawn = [.. Enumerable.Range(0, 150).AsParallel().AsOrdered().Select(i => SceneGenerator.Draw(5, i, 160))];

    /// <summary>The golden detector was trained on these very pixels: a change here makes its figures worthless.</summary>
    [Fact]
    public void Scenes_are_the_pinned_pixels_and_boxes_on_every_machine()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (Scene scene in Drawn.Take(20))
        {
            hash.AppendData(scene.Picture.Bgr);
            hash.AppendData(System.Text.Encoding.UTF8.GetBytes(string.Join(';', scene.Boxes.Select(b => $"{b.Class} {b.X} {b.Y} {b.Width} {b.Height} {b.VisiblePixels}"))));
        }
        Convert.ToHexStringLower(hash.GetHashAndReset()).Should().Be("179d33c4387828d45a2e5c215be005cd8ee1e7ab77c1803fe8d4beb067772eb0");
    }

    [Fact]
    public void A_scene_depends_on_seed_and_index_and_on_nothing_drawn_before()
    {
        SceneGenerator.Draw(5, 7, 160).Picture.Bgr.Should().Equal(Drawn[7].Picture.Bgr);
        SceneGenerator.Draw(6, 7, 160).Picture.Bgr.Should().NotEqual(Drawn[7].Picture.Bgr);
        Drawn.Select(s => Convert.ToHexStringLower(SHA256.HashData(s.Picture.Bgr))).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void Every_class_and_every_size_of_COCO_occurs_often_enough_to_be_measured()
    {
        SceneBox[] boxes = [.. Drawn.SelectMany(s => s.Boxes)];
        foreach (SceneClass kind in Enum.GetValues<SceneClass>())
            Share(boxes, b => b.Class == kind).Should().BeInRange(0.12, 0.22, kind.ToString());
        Share(boxes, b => b.Width * b.Height < 32 * 32).Should().BeInRange(0.4, 0.7);
        Share(boxes, b => b.Width * b.Height is >= 32 * 32 and < 96 * 96).Should().BeInRange(0.25, 0.5);
        Share(boxes, b => b.Width * b.Height >= 96 * 96).Should().BeInRange(0.02, 0.15);
    }

    [Fact]
    public void Boxes_lie_inside_the_picture_and_hold_their_visible_pixels()
    {
        foreach (SceneBox box in Drawn.SelectMany(s => s.Boxes))
        {
            (box.X >= 0 && box.Y >= 0 && box.X + box.Width <= 160 && box.Y + box.Height <= 160).Should().BeTrue(box.ToString());
            box.VisiblePixels.Should().BeInRange(Math.Max(24, Math.Max(box.Width, box.Height)), box.Width * box.Height, box.ToString());
        }
    }

    [Fact]
    public void A_shape_covers_the_pixels_of_its_half_axes_and_no_others()
    {
        var shape = new SceneShape(SceneClass.Square, 80, 60, 1, 0, 50, 25);
        var coverage = new byte[160 * 160];
        SceneGenerator.Rasterize(shape, 160, coverage, out _).Should().Be(80 * 40, "half-axes 50 and 25 make a rectangle of 80 x 40");
        int[] covered = [.. Enumerable.Range(0, coverage.Length).Where(i => coverage[i] >= 2)];
        (covered.Min(i => i % 160), covered.Max(i => i % 160)).Should().Be((40, 119));
        (covered.Min(i => i / 160), covered.Max(i => i / 160)).Should().Be((40, 79));
    }

    [Theory]
    [InlineData(SceneClass.Disc, Math.PI)]
    [InlineData(SceneClass.Square, 2.56)]
    [InlineData(SceneClass.Triangle, 1.299038)] // 3 sqrt(3) / 4
    [InlineData(SceneClass.Star, 1.122570)] // 10 triangles of radii 1 and .381966 with 36 degrees between: 5 x .381966 x sin 36
    [InlineData(SceneClass.Ring, Math.PI * 0.7)]
    [InlineData(SceneClass.Cross, 2 * 0.6 * 2 - 0.36)]
    public void Shapes_cover_the_area_of_their_geometry(SceneClass kind, double unitArea)
    {
        var shape = new SceneShape(kind, 80.3, 79.6, 0.8, 0.6, 60, 45);
        int pixels = SceneGenerator.Rasterize(shape, 160, new byte[160 * 160], out _);
        (pixels / (60.0 * 45)).Should().BeApproximately(unitArea, 0.02 * unitArea);
    }

    [Fact]
    public void At_least_half_of_every_shape_stays_visible_under_the_others()
    {
        foreach (SceneBox box in Drawn.SelectMany(s => s.Boxes))
            (2 * box.VisiblePixels).Should().BeGreaterThanOrEqualTo(box.WholePixels, box.ToString());
        Drawn.Count(s => s.Boxes.Any(a => s.Boxes.Any(b => b != a && Overlap(a, b)))).Should().BeGreaterThan(50, "scenes are of overlapping shapes");
    }

    [Theory]
    [InlineData(63)]
    [InlineData(1025)]
    public void A_side_out_of_range_is_refused(int side) => FluentActions.Invoking(() => SceneGenerator.Draw(1, 0, side)).Should().Throw<ArgumentOutOfRangeException>();

    private static double Share(SceneBox[] boxes, Func<SceneBox, bool> condition) => boxes.Count(condition) / (double)boxes.Length;

    private static bool Overlap(SceneBox a, SceneBox b) => a.X < b.X + b.Width && b.X < a.X + a.Width && a.Y < b.Y + b.Height && b.Y < a.Y + a.Height;
}
