using Parity.Core;
using Parity.Suites.Imaging;

namespace Parity.Suites.Tests.Imaging;

public sealed class PictureDecoderTests
{
    public static TheoryData<string, int, int, string> Whole =>
        [.. Oracle.Lines("decoded.txt").Where(l => l.Length == 4).Select(l => (l[0], int.Parse(l[1]), int.Parse(l[2]), l[3]))];

    public static TheoryData<string> Damaged => [.. Oracle.Lines("decoded.txt").Where(l => l.Length == 2).Select(l => l[0])];

    [Theory]
    [MemberData(nameof(Whole))]
    public void Pixels_are_those_of_OpenCV(string name, int width, int height, string sha256)
    {
        Picture picture = PictureDecoder.Decode(File.ReadAllBytes(Oracle.PicturePath(name)), name);

        (picture.Width, picture.Height).Should().Be((width, height));
        Oracle.Sha256(picture.Bgr).Should().Be(sha256);
    }

    [Theory]
    [MemberData(nameof(Damaged))]
    public void A_damaged_file_is_a_fault_that_names_the_file(string name)
    {
        Action decode = () => PictureDecoder.Decode(File.ReadAllBytes(Oracle.PicturePath(name)), name);

        decode.Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.Where.Should().Be(name);
    }

    [Theory]
    [InlineData("baseline_s420.jpg")]
    [InlineData("progressive.jpg")]
    [InlineData("rgb_8_interlaced.png")]
    [InlineData("palette_4.png")]
    public void A_file_cut_anywhere_is_a_fault(string name)
    {
        byte[] whole = File.ReadAllBytes(Oracle.PicturePath(name));

        // Every eleventh length, and the last ones, where the least is missing.
        foreach (int length in Enumerable.Range(0, whole.Length).Where(l => l % 11 == 0 || l > whole.Length - 12))
        {
            Action decode = () => PictureDecoder.Decode(whole.AsSpan(0, length), name);
            decode.Should().Throw<FaultException>("{0} bytes of {1} are there", length, whole.Length);
        }
    }

    [Theory]
    [InlineData("baseline_s420.jpg")]
    [InlineData("ycck.jpg")]
    [InlineData("exif_6.jpg")]
    [InlineData("rgbalpha_16_interlaced.png")]
    public void A_changed_byte_gives_a_picture_or_a_fault_and_nothing_else(string name)
    {
        byte[] whole = File.ReadAllBytes(Oracle.PicturePath(name));
        var random = new Random(5);

        for (int i = 0; i < 400; i++)
        {
            byte[] changed = [.. whole];
            changed[random.Next(changed.Length)] = (byte)random.Next(256);
            Action decode = () => PictureDecoder.Decode(changed, name);
            try
            {
                decode();
            }
            catch (FaultException e)
            {
                e.Faults.Should().NotBeEmpty();
            }
        }
    }

    [Theory]
    [InlineData("", "empty")]
    [InlineData("474946383961", "neither JPEG nor PNG")]
    public void An_unknown_format_is_a_fault(string hex, string what)
    {
        Action decode = () => PictureDecoder.Decode(Convert.FromHexString(hex), "x.gif");

        decode.Should().Throw<FaultException>().Which.Faults.Single().What.Should().Contain(what);
    }
}
