using Parity.Core;
using Parity.Suites.Datasets;
using Parity.Suites.Tests.Imaging;

namespace Parity.Suites.Tests.Datasets;

public sealed class DatasetTests : IDisposable
{
    private const string Annotations = """
        {"images": [{"id": 9, "file_name": "grey.jpg", "width": 61, "height": 45}, {"id": 2, "file_name": "exif_6.jpg", "width": 29, "height": 18},
                    {"id": 4, "file_name": "none.jpg", "width": 61, "height": 45}],
         "categories": [{"id": 1, "name": "thing"}],
         "annotations": [{"id": 1, "image_id": 9, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "keypoints": [5, 6, 2]},
                         {"id": 2, "image_id": 4, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1},
                         {"id": 3, "image_id": 9, "category_id": 1, "bbox": [0, 0, 1, 1], "area": 1}]}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Formats_have_unique_names_and_none_is_missing_from_the_list()
    {
        var types = typeof(DatasetFormats).Assembly.GetTypes().Where(t => t is { IsAbstract: false } && typeof(IDatasetFormat).IsAssignableFrom(t));

        DatasetFormats.All.Select(f => f.GetType()).Should().BeEquivalentTo(types);
        DatasetFormats.All.Select(f => f.Name).Should().OnlyHaveUniqueItems();
    }

    [Fact]
    public void A_coco_dataset_gives_its_samples_in_file_order_with_their_ground_truth()
    {
        CocoDataset dataset = OpenCoco();

        dataset.Samples.Should().Equal(new Sample("9", "grey.jpg"), new Sample("2", "exif_6.jpg"), new Sample("4", "none.jpg"));
        dataset.Annotations(dataset.Samples[0]).Select(a => a.Id).Should().Equal(1, 3);
        dataset.Annotations(dataset.Samples[1]).Should().BeEmpty();
        dataset.ReadJson(dataset.Annotations(dataset.Samples[0])[0].Json).GetProperty("keypoints").GetArrayLength().Should().Be(3);
        Picture picture = dataset.Read(dataset.Samples[0]);
        (picture.Width, picture.Height).Should().Be((61, 45));
    }

    [Fact]
    public void A_missing_image_is_a_fault_when_read_and_not_when_opened()
    {
        CocoDataset dataset = OpenCoco();
        Action read = () => dataset.Read(dataset.Samples[2]);

        read.Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.Where.Should().EndWith("none.jpg");
        dataset.ContentSha256(dataset.Samples[2]).Should().BeNull();
    }

    [Fact]
    public void A_picture_of_another_size_than_its_annotations_is_a_fault()
    {
        CocoDataset dataset = OpenCoco();
        Action read = () => dataset.Read(dataset.Samples[1]);

        read.Should().Throw<FaultException>().Which.Faults.Single().What.Should().Be("the picture is 18 x 29 pixels, its annotations are for 29 x 18");
    }

    [Fact]
    public void The_same_bytes_have_the_same_content_hash_in_any_dataset()
    {
        CocoDataset coco = OpenCoco();
        IDataset folder = FolderDataset.Open(Path.GetDirectoryName(Oracle.PicturePath("x"))!);
        Sample same = folder.Samples.Single(s => s.Name == "grey.jpg");

        folder.ContentSha256(same).Should().Be(coco.ContentSha256(coco.Samples[0]))
            .And.Be(Oracle.Sha256(File.ReadAllBytes(Oracle.PicturePath("grey.jpg"))));
    }

    [Fact]
    public void Taking_fewer_samples_changes_the_hash_and_keeps_the_order()
    {
        CocoDataset dataset = OpenCoco();

        IDataset two = dataset.Take(2);

        two.Samples.Should().Equal(dataset.Samples[..2]);
        two.Sha256.Should().NotBe(dataset.Sha256).And.Be(dataset.Take(2).Sha256);
        dataset.Take(3).Should().BeSameAs(dataset);
    }

    [Fact]
    public void A_folder_is_read_in_ordinal_order_of_names_and_other_files_are_left_out()
    {
        foreach (string name in new[] { "b.png", "B.JPG", "a.jpeg", "10.jpg", "9.jpg", "notes.txt" })
            _folder.Write(name, "");

        FolderDataset dataset = FolderDataset.Open(_folder.Path);

        dataset.Samples.Select(s => s.Id).Should().Equal("10.jpg", "9.jpg", "B.JPG", "a.jpeg", "b.png");
        dataset.Name.Should().Be(Path.GetFileName(_folder.Path));
    }

    [Theory]
    [InlineData("coco")]
    [InlineData("folder")]
    public void A_format_opens_what_its_section_names(string format)
    {
        _folder.Write("a.json", Annotations);
        File.Copy(Oracle.PicturePath("grey.jpg"), Path.Combine(_folder.Path, "grey.jpg"));
        var faults = new FaultList();

        IDataset? dataset = Open(format, $"format: {format}\nimages: .\nlimit: 1\n{(format == "coco" ? "annotations: a.json" : "")}", faults);

        faults.ToImmutable().Should().BeEmpty();
        dataset!.Samples.Should().ContainSingle().Which.Name.Should().Be("grey.jpg");
    }

    [Fact]
    public void Mistakes_in_a_section_and_in_its_file_come_together()
    {
        _folder.Write("a.json", "{}");
        var faults = new FaultList();

        Open("coco", "format: coco\nimages: none\nannotations: a.json\nlimit: 0\nlimits: 5", faults).Should().BeNull();

        faults.ToImmutable().Select(f => f.What).Should().HaveCount(4).And.Contain(w => w.Contains("'limit'")).And.Contain(w => w.Contains("'limits'"))
            .And.Contain(w => w.Contains("does not exist")).And.Contain("there is no list 'images'");
    }

    [Fact]
    public void A_folder_without_pictures_is_a_fault()
    {
        var faults = new FaultList();

        Open("folder", "images: .", faults).Should().BeNull();

        faults.ToImmutable().Should().ContainSingle().Which.What.Should().Contain("no .jpg");
    }

    [Fact]
    public void Every_real_picture_is_decoded_at_the_size_of_its_annotations()
    {
        var dataset = new CocoDataset(CocoReader.Read(SharedData.Path("coco/instances.json")), SharedData.Path("coco/images"));

        foreach (Sample sample in dataset.Samples)
            dataset.Read(sample).Bgr.Should().NotBeNull();
        dataset.Samples.Should().HaveCount(128);
    }

    private CocoDataset OpenCoco() => new(CocoReader.Read(_folder.Write("a.json", Annotations)), Path.GetDirectoryName(Oracle.PicturePath("x"))!);

    private IDataset? Open(string format, string lines, FaultList faults) =>
        DatasetFormats.All.Single(f => f.Name == format).Open(SettingsText.Read(lines, faults), _folder.Path);
}
