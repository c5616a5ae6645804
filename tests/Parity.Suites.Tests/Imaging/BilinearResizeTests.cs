using Parity.Core;
using Parity.Suites.Imaging;

namespace Parity.Suites.Tests.Imaging;

public sealed class BilinearResizeTests
{
    public static TheoryData<int, int, int, int, string> Sizes =>
        [.. Oracle.Lines("resized.txt").Select(l => (int.Parse(l[0]), int.Parse(l[1]), int.Parse(l[2]), int.Parse(l[3]), l[4]))];

    [Theory]
    [MemberData(nameof(Sizes))]
    public void Pixels_are_those_of_OpenCV_with_and_without_vectors(int fromWidth, int fromHeight, int width, int height, string sha256)
    {
        Picture noise = Oracle.Noise(fromWidth, fromHeight);
        var scalar = new byte[width * height * 3];

        Picture resized = BilinearResize.Resize(noise, width, height);
        BilinearResize.Into(noise, width, height, scalar, width * 3, vectors: false);

        Oracle.Sha256(resized.Bgr).Should().Be(sha256);
        Oracle.Sha256(scalar).Should().Be(sha256);
    }

    [Theory]
    [InlineData(64, 48, 32, 24)]
    [InlineData(64, 48, 41, 30)]
    [InlineData(32, 24, 32, 24)]
    public void Only_the_part_given_is_written(int fromWidth, int fromHeight, int width, int height)
    {
        Picture noise = Oracle.Noise(fromWidth, fromHeight);
        int stride = (width + 5) * 3;
        var larger = new byte[(height + 2) * stride];

        BilinearResize.Into(noise, width, height, larger.AsSpan(stride + 6), stride);

        byte[] expected = BilinearResize.Resize(noise, width, height).Bgr;
        for (int y = 0; y < height + 2; y++)
        {
            Span<byte> row = larger.AsSpan(y * stride, stride);
            bool inside = y > 0 && y <= height;
            row[..6].ToArray().Should().OnlyContain(b => b == 0);
            row[(6 + width * 3)..].ToArray().Should().OnlyContain(b => b == 0);
            row.Slice(6, width * 3).ToArray().Should().Equal(inside ? expected[((y - 1) * width * 3)..(y * width * 3)] : new byte[width * 3]);
        }
    }
}
