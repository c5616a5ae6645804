using Parity.Core;
using Parity.Suites.Imaging;

namespace Parity.Suites.Tests.Imaging;

public sealed class JpegCodecTests
{
    private static readonly Picture Smooth = MakeSmooth(200, 120);

    [Fact]
    public void A_smooth_picture_survives_encoding_within_a_few_grey_levels()
    {
        byte[] jpeg = new JpegCodec().EncodeJpeg(Smooth, longestSide: 500, qualityPercent: 95);

        Picture back = PictureDecoder.Decode(jpeg, "encoded");
        (back.Width, back.Height).Should().Be((200, 120));
        double error = back.Bgr.Zip(Smooth.Bgr, (a, b) => Math.Abs(a - b)).Average();
        error.Should().BeLessThan(1.5);
    }

    [Theory]
    [InlineData(100, 100, 60)]
    [InlineData(150, 150, 90)]
    [InlineData(33, 33, 20)]
    [InlineData(1, 1, 1)]
    public void The_longest_side_is_kept_within_its_limit(int longestSide, int width, int height)
    {
        Picture back = PictureDecoder.Decode(new JpegCodec().EncodeJpeg(Smooth, longestSide, 80), "encoded");

        (back.Width, back.Height).Should().Be((width, height));
    }

    [Fact]
    public void The_same_picture_gives_the_same_bytes_and_lower_quality_fewer()
    {
        var codec = new JpegCodec();
        byte[] good = codec.EncodeJpeg(Oracle.Noise(64, 64), 64, 90);

        codec.EncodeJpeg(Oracle.Noise(64, 64), 64, 90).Should().Equal(good);
        codec.EncodeJpeg(Oracle.Noise(64, 64), 64, 30).Length.Should().BeLessThan(good.Length / 2);
    }

    private static Picture MakeSmooth(int width, int height)
    {
        var bgr = new byte[width * height * 3];
        for (int i = 0; i < width * height; i++)
        {
            bgr[3 * i] = (byte)(i % width);
            bgr[3 * i + 1] = (byte)(i / width);
            bgr[3 * i + 2] = (byte)(128 + 60 * Math.Sin(i % width / 40.0));
        }
        return new Picture(width, height, bgr);
    }
}
