using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;
using Parity.Core;
using Parity.Suites.Datasets;
using Parity.Suites.Segmentation;
using Parity.Suites.Tests.Imaging;

namespace Parity.Suites.Tests.Datasets;

public sealed class MaskDatasetTests : IDisposable
{
    private const string Classes = """[{"name": "rest", "labels": "rest"}, {"name": "person", "labels": [1, 3]}]""";
    private readonly TemporaryFolder _folder = new();

    public MaskDatasetTests()
    {
        Mask("a", 2, [0, 1, 3, 9]);
        Mask("b", 2, [1, 0, 0, 0]);
        foreach (string name in new[] { "a", "b" })
            File.WriteAllBytes(Path.Combine(_folder.Path, $"{name}.jpg"), File.ReadAllBytes(Oracle.PicturePath("one_pixel.jpg")));
    }

    [Fact]
    public void Labels_become_classes_and_the_rest_and_what_is_ignored_are_told_apart()
    {
        IDataset dataset = Open(Classes, """, "ignore": [9]""")!;
        dataset.Samples.Should().Equal(new Sample("a", "a.jpg"), new Sample("b", "b.jpg"));
        ((IClassMaps)dataset).ClassesOf("a").Values.Should().Equal(0, 1, 1, IClassMaps.Ignored);
        ((IClassMaps)dataset).Rest.Should().Be(0);
        dataset.Sha256.Should().NotBe(Open(Classes, "")!.Sha256, "what is ignored is part of the truth");
    }

    [Fact]
    public void Only_pictures_of_which_a_class_covers_more_than_the_share_are_kept()
    {
        Open(Classes, """, "minimum-share": {"class": "person", "share": 0.25}""")!.Samples.Select(s => s.Id).Should().Equal("a");
        Open(Classes, """, "minimum-share": {"class": "person", "share": 0.24}""")!.Samples.Should().HaveCount(2);
    }

    [Fact]
    public void A_palette_is_no_colour_and_a_mask_of_another_size_is_found_when_its_picture_is_read()
    {
        Mask("a", 2, [1, 1, 1, 1], palette: true);
        IDataset dataset = Open(Classes, "")!;
        ((IClassMaps)dataset).ClassesOf("a").Values.Should().Equal(1, 1, 1, 1);
        FluentActions.Invoking(() => dataset.Read(dataset.Samples[0])).Should().Throw<FaultException>().WithMessage("*2 x 2 pixels*");
    }

    [Fact]
    public void A_label_of_no_class_is_a_fault_unless_one_class_takes_the_rest()
    {
        const string two = """[{"name": "road", "labels": [0]}, {"name": "car", "labels": [1]}]""";
        FluentActions.Invoking(() => ((IClassMaps)Open(two, "")!).ClassesOf("a")).Should().Throw<FaultException>().WithMessage("*label 3*");
    }

    [Fact]
    public void All_mistakes_of_the_settings_are_reported_at_once()
    {
        var faults = new FaultList();
        OpenWith("""[{"name": "a b", "labels": [1]}, {"name": "a-b", "labels": [1, 256]}]""", """, "ignore": [1.5], "minimum-share": {"class": "c", "share": 2}""", faults).Should().BeNull();
        faults.ToImmutable().Select(f => f.What).Should().HaveCount(6);
    }

    public void Dispose() => _folder.Dispose();

    private IDataset? Open(string classes, string more)
    {
        var faults = new FaultList();
        IDataset? dataset = OpenWith(classes, more, faults);
        faults.ThrowIfAny();
        return dataset;
    }

    private IDataset? OpenWith(string classes, string more, FaultList faults) => new MaskDatasetFormat().Open(
        Detection.SettingsText.Parse($$"""{"format": "masks", "images": ".", "masks": "masks", "classes": {{classes}}{{more}}}""", faults), _folder.Path);

    /// <summary>A PNG of 8 bits, grey or palette.</summary>
    private void Mask(string name, int width, byte[] labels, bool palette = false)
    {
        Directory.CreateDirectory(Path.Combine(_folder.Path, "masks"));
        using FileStream file = File.Create(Path.Combine(_folder.Path, "masks", $"{name}.png"));
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), labels.Length / width);
        (header[8], header[9]) = (8, palette ? (byte)3 : (byte)0);
        Chunk(file, "IHDR", header);
        if (palette)
            Chunk(file, "PLTE", [10, 20, 30, 200, 100, 50]);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionMode.Compress, leaveOpen: true))
        {
            foreach (byte[] row in labels.Chunk(width))
                zlib.Write([0, .. row]);
        }
        Chunk(file, "IDAT", packed.ToArray());
        Chunk(file, "IEND", []);
    }

    private static void Chunk(Stream file, string type, byte[] content)
    {
        byte[] body = [.. Encoding.ASCII.GetBytes(type), .. content];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(body);
        uint crc = 0xFFFFFFFF;
        foreach (byte value in body)
        {
            crc ^= value;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ ((crc & 1) * 0xEDB88320);
        }
        BinaryPrimitives.WriteUInt32BigEndian(number, ~crc);
        file.Write(number);
    }
}
