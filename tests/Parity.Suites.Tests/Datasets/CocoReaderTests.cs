using System.Text;
using Parity.Core;
using Parity.Suites.Datasets;

namespace Parity.Suites.Tests.Datasets;

public sealed class CocoReaderTests : IDisposable
{
    private const string Images = """ "images": [{"id": 7, "file_name": "b.jpg", "width": 640, "height": 480}, {"id": 3, "file_name": "a.jpg", "width": 10, "height": 20}] """;
    private const string Categories = """ "categories": [{"id": 18, "name": "dog", "supercategory": "animal"}] """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Records_stand_in_file_order_with_their_fields()
    {
        CocoContent content = Read($$"""
            {"info": {"id": [1, {"images": 2}]}, "annotations": [
              {"segmentation": [[1, 2, 3, 4, 5, 6]], "id": 5, "image_id": 3, "category_id": 18, "bbox": [1.5, -2, 3.25, 0], "area": 9.75, "iscrowd": 1},
              {"id": 4, "image_id": 7, "category_id": 18, "bbox": [0, 0, 1, 1]}],
             {{Categories}}, {{Images}} }
            """);

        content.Images.Should().Equal(new CocoImage(7, "b.jpg", 640, 480), new CocoImage(3, "a.jpg", 10, 20));
        content.Categories.Select(c => (c.Id, c.Name)).Should().Equal((18, "dog"));
        content.Annotations.Select(a => a with { Json = default }).Should().Equal(
            new CocoAnnotation(5, 3, 18, 1.5, -2, 3.25, 0, 9.75, true, default),
            new CocoAnnotation(4, 7, 18, 0, 0, 1, 1, null, false, default));
    }

    [Fact]
    public void Malformed_json_is_a_fault_with_line_and_column()
    {
        Fault fault = Faults("{\"images\": [],\n \"annotations\": [{\"bbox\": [NaN, 1]}]}").Single();

        fault.Where.Should().EndWith("a.json:2:28");
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{\"images\": [{\"id\": 1")]
    [InlineData("{\"images\": []} x")]
    public void Truncated_or_trailing_text_is_a_fault(string text) =>
        Faults(text).Should().ContainSingle().Which.What.Should().Contain("not valid JSON");

    [Fact]
    public void A_list_of_results_is_not_taken_for_annotations() =>
        Faults("[{\"image_id\": 1}]").Should().ContainSingle().Which.Remedy.Should().Contain("results");

    [Fact]
    public void All_faults_are_reported_at_once()
    {
        var faults = Faults($$"""
            { {{Categories}}, "images": [{"id": 7, "file_name": "b.jpg", "width": 640, "height": 480}, {"id": 7, "file_name": "c.jpg", "width": 640, "height": 480}],
             "annotations": [
              {"id": 1, "image_id": 8, "category_id": 18, "bbox": [0, 0, 1, 1]},
              {"id": 2, "image_id": 7, "category_id": 19, "bbox": [0, 0, 1, 1]},
              {"id": 2, "image_id": 7, "category_id": 18, "bbox": [0, 0, 1, 1]},
              {"id": 4, "image_id": 7, "category_id": 18, "bbox": [0, 0, -1, 1]},
              {"id": 5, "image_id": 7, "category_id": 18, "bbox": [0, 0, 1]},
              {"id": 6, "image_id": 7, "category_id": 18, "bbox": [0, 0, 1e999, 1], "area": "x"},
              {"id": 7.5, "image_id": 7, "category_id": 18, "bbox": [0, 0, 1, 1], "iscrowd": 2},
              {"image_id": 7, "category_id": 18, "bbox": null},
              9]}
            """);

        faults.Select(f => f.ToString()).Should().BeEquivalentTo([
            "a.json images: id 7 stands there twice. Give each its own id.",
            "a.json annotations: id 2 stands there twice. Give each its own id.",
            "a.json annotations (id 1): image_id 8 is not in images. Add the image or remove the annotation.",
            "a.json annotations (id 2): category_id 19 is not in categories. Add the category or correct the annotation.",
            "a.json annotations[3] (id 4): bbox is -1 wide and 1 high. Correct it, or what wrote the file.",
            "a.json annotations[4] (id 5): bbox is not four finite numbers. Correct it, or what wrote the file.",
            "a.json annotations[5] (id 6): bbox is not four finite numbers. Correct it, or what wrote the file.",
            "a.json annotations[5] (id 6): area is no finite number. Correct it, or what wrote the file.",
            "a.json annotations[6]: id is no whole number. Correct it, or what wrote the file.",
            "a.json annotations[6]: iscrowd is neither 0 nor 1. Correct it, or what wrote the file.",
            "a.json annotations[7]: bbox is no list. Correct it, or what wrote the file.",
            "a.json annotations[7]: 'id' is missing. Correct it, or what wrote the file.",
            "a.json annotations[8]: this is not an object. Correct it, or what wrote the file."]);
    }

    [Fact]
    public void A_mistake_repeated_a_thousand_times_is_shown_twenty_times_and_counted()
    {
        string annotations = string.Join(',', Enumerable.Range(1, 1000).Select(i => $$"""{"id": {{i}}, "image_id": 99, "category_id": 18, "bbox": [0, 0, 1, 1]}"""));

        var faults = Faults($$"""{ {{Images}}, {{Categories}}, "annotations": [{{annotations}}]}""");

        faults.Should().HaveCount(21);
        faults[^1].What.Should().Be("980 more: annotation of an unknown image");
    }

    [Fact]
    public void A_refused_image_does_not_make_its_annotations_wrong_too() =>
        Faults($$"""
            { "images": [{"id": 7, "width": 640, "height": 480}], {{Categories}},
              "annotations": [{"id": 1, "image_id": 7, "category_id": 18, "bbox": [0, 0, 1, 1]}]}
            """).Should().ContainSingle().Which.What.Should().Be("'file_name' is missing");

    [Fact]
    public void A_missing_file_is_a_fault()
    {
        Action read = () => CocoReader.Read(Path.Combine(_folder.Path, "none.json"));

        read.Should().Throw<FaultException>().Which.Faults.Should().ContainSingle().Which.Where.Should().EndWith("none.json");
    }

    [Fact]
    public void A_byte_order_mark_is_passed_over_and_ranges_still_hit()
    {
        string path = Path.Combine(_folder.Path, "a.json");
        File.WriteAllText(path, $$"""{ {{Images}}, {{Categories}} }""", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));

        CocoContent content = CocoReader.Read(path);

        new CocoDataset(content, _folder.Path).ReadJson(content.Categories[0].Json).GetProperty("supercategory").GetString().Should().Be("animal");
    }

    [Theory]
    [InlineData("coco/instances.json", 128, 80, 898)]
    [InlineData("coco-eval/instances_val2014_100.json", 100, 80, 839)]
    [InlineData("coco-eval/fce_gt_dataset.json", 3, 4, 9)]
    [InlineData("coco-eval/fce_gt_ignore_test.json", 1, 1, 14)]
    [InlineData("coco-eval/fce_example_crowdpose_val.json", 4, 1, 10)]
    [InlineData("coco-eval/xtcocoapi/annotations/example_wholebody_val.json", 5, 1, 26)]
    public void Real_annotation_files_are_read(string file, int images, int categories, int annotations)
    {
        CocoContent content = CocoReader.Read(SharedData.Path(file));

        (content.Images.Length, content.Categories.Length, content.Annotations.Length).Should().Be((images, categories, annotations));
    }

    private CocoContent Read(string json) => CocoReader.Read(_folder.Write("a.json", json));

    private IReadOnlyList<Fault> Faults(string json)
    {
        Action read = () => Read(json);
        return read.Should().Throw<FaultException>().Which.Faults;
    }
}
