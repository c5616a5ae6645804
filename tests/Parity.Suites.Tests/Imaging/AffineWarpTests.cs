using System.Globalization;
using Parity.Core;
using Parity.Suites.Imaging;
using Parity.Suites.Preprocessing;

namespace Parity.Suites.Tests.Imaging;

public sealed class AffineWarpTests
{
    public static TheoryData<string> Cases => [.. Oracle.Lines("warped.txt").Select(l => string.Join(' ', l))];

    [Theory]
    [MemberData(nameof(Cases))]
    public void A_box_cut_out_with_its_surroundings_is_what_OpenCV_makes_of_HRNets_affine(string line)
    {
        string[] parts = line.Split(' ');
        double[] n = [.. parts[..^1].Select(t => double.Parse(t, CultureInfo.InvariantCulture))];
        var region = new PictureRegion(n[2] + n[4] / 2, n[3] + n[5] / 2, n[4] * n[6], n[5] * n[6]);
        Placement placement = RegionGeometry.Of(region, (int)n[0], (int)n[1], (int)n[7], (int)n[8]);

        byte[] bgr = AffineWarp.Upright(Oracle.Noise((int)n[0], (int)n[1]), placement);

        Oracle.Sha256(bgr).Should().Be(parts[^1]);
    }

    [Fact]
    public void The_centre_of_a_region_is_the_centre_of_the_input_and_both_sides_fit()
    {
        Placement wide = RegionGeometry.Of(new PictureRegion(50, 40, 60, 20), 100, 80, 48, 64);
        (wide.ScaleX, wide.ScaleY).Should().Be((0.8, 0.8), "60 pixels fill 48");
        (50 * wide.ScaleX + wide.OffsetX, 40 * wide.ScaleY + wide.OffsetY).Should().Be((24, 32));
        RegionGeometry.Of(new PictureRegion(50, 40, 10, 80), 100, 80, 48, 64).ScaleX.Should().Be(0.8, "80 pixels fill 64");
    }

    [Fact]
    public void Beyond_the_picture_there_is_nothing()
    {
        var white = new Picture(4, 4, [.. Enumerable.Repeat((byte)255, 48)]);
        byte[] bgr = AffineWarp.Upright(white, new Placement(1, 1, 2, 3, 4, 4, 8, 8));
        for (int y = 0; y < 8; y++)
        {
            for (int x = 0; x < 8; x++)
                bgr[(y * 8 + x) * 3].Should().Be(x is >= 2 and < 6 && y is >= 3 and < 7 ? (byte)255 : (byte)0, $"at {x}, {y}");
        }
    }
}
