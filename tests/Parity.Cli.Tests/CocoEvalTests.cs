using System.Text.Json;

namespace Parity.Cli.Tests;

/// <summary>`parity coco-eval` as the README shows it: two images, one of whose objects the quantized model loses.</summary>
public sealed class CocoEvalTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("parity-coco-eval").FullName;

    public CocoEvalTests()
    {
        Write("gt.json", """
            {"images": [{"id": 1}, {"id": 2}], "categories": [{"id": 1, "name": "person"}, {"id": 2, "name": "unseen"}],
             "annotations": [{"id": 1, "image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 50], "area": 2500, "iscrowd": 0},
                             {"id": 2, "image_id": 2, "category_id": 1, "bbox": [0, 0, 50, 50], "area": 2500, "iscrowd": 0}]}
            """);
        Write("float.json", """
            [{"image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 50], "score": 0.9}, {"image_id": 2, "category_id": 1, "bbox": [0, 0, 50, 50], "score": 0.8}]
            """);
        Write("int8.json", """[{"image_id": 1, "category_id": 1, "bbox": [0, 0, 50, 50], "score": 0.9}]""");
    }

    [Fact]
    public void The_lines_are_those_of_pycocotools_and_the_JSON_has_stats()
    {
        var result = CommandLine.Run("coco-eval", "--gt", At("gt.json"), "--dt", At("int8.json"), "--type", "bbox", "--json", At("stats.json"));

        result.ExitCode.Should().Be(0, result.Error);
        // One of two objects found: precision 1 at 51 of 101 recalls.
        string[] lines = result.Output.Split('\n');
        lines[0].Should().Be(" Average Precision  (AP) @[ IoU=0.50:0.95 | area=   all | maxDets=100 ] = 0.505");
        lines[1].Should().Be(" Average Precision  (AP) @[ IoU=0.50      | area=   all | maxDets=100 ] = 0.505");
        lines[3].Should().Be(" Average Precision  (AP) @[ IoU=0.50:0.95 | area= small | maxDets=100 ] = no value");
        lines[6].Should().Be(" Average Recall     (AR) @[ IoU=0.50:0.95 | area=   all | maxDets=  1 ] = 0.500");
        lines.Single(l => l.StartsWith("unseen", StringComparison.Ordinal)).Should().Contain("no value").And.NotContain("0.");
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(At("stats.json")));
        JsonElement stats = json.RootElement.GetProperty("stats");
        stats.GetArrayLength().Should().Be(12);
        stats[0].GetDouble().Should().BeApproximately(51.0 / 101, 1e-12);
        stats[3].ValueKind.Should().Be(JsonValueKind.Null);
        json.RootElement.GetProperty("per_category")[0].GetProperty("AP").GetDouble().Should().Be(stats[0].GetDouble());
    }

    [Fact]
    public void A_drop_is_printed_with_bounds_and_judged_by_the_limit()
    {
        string[] arguments = ["coco-eval", "--gt", At("gt.json"), "--dt", At("float.json"), "--against", At("int8.json"), "--bootstrap", "200", "--seed", "7"];

        var free = CommandLine.Run(arguments);
        var astride = CommandLine.Run([.. arguments, "--limit-points", "1.0", "--json", At("drop.json")]);
        var wide = CommandLine.Run([.. arguments, "--limit-points", "100", "--threads", "2"]);

        free.ExitCode.Should().Be(0, free.Error);
        free.Output.Should().Contain("200 paired resamples of 2 images, seed 7").And.Contain("49.50").And.NotContain("beyond");
        astride.ExitCode.Should().Be(2, "a resample may hold only the image on which both agree");
        wide.ExitCode.Should().Be(0);
        using JsonDocument json = JsonDocument.Parse(File.ReadAllBytes(At("drop.json")));
        JsonElement ap = json.RootElement.GetProperty("drops")[0];
        ap.GetProperty("name").GetString().Should().Be("bbox/AP");
        ap.GetProperty("drop").GetDouble().Should().BeApproximately(50.0 / 101, 1e-12);
        // A quarter of the resamples draw only the first image, where nothing is lost.
        ap.GetProperty("share_beyond_limit").GetDouble().Should().BeApproximately(0.75, 0.1);
        json.RootElement.GetProperty("drops")[3].GetProperty("drop").ValueKind.Should().Be(JsonValueKind.Null);
    }

    [Fact]
    public void Nothing_to_find_is_inconclusive()
    {
        Write("none.json", """{"images": [{"id": 1}, {"id": 2}], "categories": [{"id": 1, "name": "person"}], "annotations": []}""");

        var result = CommandLine.Run("coco-eval", "--gt", At("none.json"), "--dt", At("float.json"));

        result.ExitCode.Should().Be(2);
        result.Output.Should().Contain("= no value").And.NotContain("-1");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string At(string name) => Path.Combine(_folder, name);

    private void Write(string name, string text) => File.WriteAllText(At(name), text);
}
