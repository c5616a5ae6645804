using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

public class DetectionTaskTests
{
    private const string Yolov8 = """
        {"kind": "detection", "decoder": {"kind": "yolov8"}, "score-threshold": 0.25, "nms": {"contract": "torchvision", "iou": 0.5},
         "max-detections": 100, "classes": [30, 10]}
        """;

    private static readonly Sample Sample = new("7", "seven.jpg");
    private static readonly Placement Placement = new(1, 1, 0, 0, 64, 64, 64, 64);

    private static readonly MemoryDataset Dataset = new(
        [new(30, "tree"), new(10, "cat"), new(20, "dog")],
        ImmutableDictionary<string, ImmutableArray<BoxLabel>>.Empty.Add(
            "7", [new BoxLabel(1, 10, 10, 10, 20, 20, 400, false), new BoxLabel(2, 30, 0, 0, 60, 60, 3600, true), new BoxLabel(3, 99, 0, 0, 1, 1, 1, false)]));

    [Fact]
    public void A_prediction_is_decoded_mapped_measured_and_drawn()
    {
        ITask task = Create(Yolov8, Dataset)!;
        Prediction prediction = task.Decode([new ModelRun(Outputs(), Placement)], Sample, explain: false);
        ((DetectionPrediction)prediction).Boxes.Should().Equal(new DetectedBox(10, 10, 20, 20, 0.9f, 0, 1), new DetectedBox(0, 0, 4, 4, 0.5f, 2, 0));

        IEvaluation evaluation = task.Evaluate([prediction]);
        evaluation.SampleIds.Should().Equal("7");
        evaluation.Kinds.Select(k => k.Name).Should().Equal(
            "bbox/AP", "bbox/AP50", "bbox/AP75", "bbox/APs", "bbox/APm", "bbox/APl", "bbox/AR1", "bbox/AR10", "bbox/AR100", "bbox/ARs", "bbox/ARm", "bbox/ARl");
        var values = new double[12];
        evaluation.Measure([1], values);
        values[0].Should().BeApproximately(1, 1e-12, "the cat is found, and the tree is a crowd");

        task.Draw(prediction).Shapes[0].Should().Be(new BoxShape(10, 10, 20, 20, "cat", 0.9f, 0));
        task.DrawTruth(Sample).Shapes.Should().Equal(new BoxShape(10, 10, 20, 20, "cat", null, 0), new BoxShape(0, 0, 60, 60, "tree (crowd)", null, 2));
    }

    [Fact]
    public void From_the_deployment_score_on_only_the_boxes_shown_count()
    {
        ITask task = Create(Yolov8.Replace("\"max-detections\"", "\"deployment-score\": 0.5, \"max-detections\""), Dataset)!;
        // The cat is found by a box below the score, and at it there is a stray one.
        var prediction = new DetectionPrediction(
            "7", [new DetectedBox(10, 10, 20, 20, 0.4f, 0, 0), new DetectedBox(40, 40, 5, 5, 0.5f, 0, 1)], ImmutableSortedDictionary<string, int>.Empty);
        IEvaluation evaluation = task.Evaluate([prediction]);
        var values = new double[evaluation.Kinds.Length];
        evaluation.Measure([1], values);
        evaluation.Kinds[12].Name.Should().Be("bbox/AP@score");
        values.Should().HaveCount(13);
        values[0].Should().BeApproximately(0.5, 1e-12);
        values[12].Should().Be(0);
    }

    [Fact]
    public void Agreement_is_the_metric_with_the_references_shown_boxes_for_the_truth()
    {
        ITask task = Create(Yolov8, Dataset)!;
        var reference = new DetectionPrediction("7", [new DetectedBox(10, 10, 20, 20, 0.9f, 0, 0), new DetectedBox(40, 40, 5, 5, 0.29f, 0, 1)], ImmutableSortedDictionary<string, int>.Empty);
        // 19.1 of 20 rows: an IoU of .955 is over the first nine of fifteen thresholds. What the score becomes is nothing to a ranking of one.
        DetectionPrediction shorter = reference with { Boxes = [new DetectedBox(10, 10, 20, 19.1f, 0.1f, 0, 0)] };
        task.Agreement([reference], [shorter]).Should().BeApproximately(9.0 / 15, 1e-12);
        task.Agreement([reference], [reference]).Should().BeApproximately(1, 1e-12);
        task.Agreement([reference], [reference with { Boxes = [reference.Boxes[0] with { Category = 1 }] }]).Should().Be(0, "another class is another thing");
        task.Agreement([reference with { Boxes = [reference.Boxes[1]] }], [reference]).Should().BeNull("the reference shows nothing");
    }

    [Fact]
    public void A_prediction_is_read_back_bit_for_bit()
    {
        ITask task = Create(Yolov8, Dataset)!;
        var random = new Random(1);
        var boxes = ImmutableArray.CreateBuilder<DetectedBox>();
        for (int i = 0; i < 1000; i++)
            boxes.Add(new DetectedBox(Any(), Any(), Any(), Any(), (float)random.NextDouble(), random.Next(3), random.Next()));
        boxes.Add(new DetectedBox(-0f, float.Epsilon, float.MaxValue, 1 / 3f, 1, 0, 0));
        var written = new DetectionPrediction("x/\"ü\".jpg", boxes.ToImmutable(), ImmutableSortedDictionary<string, int>.Empty.Add("kept", 1001));
        using JsonDocument document = JsonDocument.Parse(Json(w => task.Write(w, written)));
        var read = (DetectionPrediction)task.Read(document.RootElement);
        read.SampleId.Should().Be(written.SampleId);
        read.Counts.Should().Equal(written.Counts);
        read.Boxes.Should().Equal(written.Boxes);
        float.IsNegative(read.Boxes[^1].X).Should().BeTrue();

        float Any() => BitConverter.Int32BitsToSingle(random.Next(1, 0x7f7fffff)) * (random.Next(2) == 0 ? 1 : -1);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("""{"sample": "7", "counts": {}, "boxes": [[1, 2, 3]]}""")]
    [InlineData("""{"sample": "7", "counts": {}, "boxes": [[1, 2, 3, 4, 0.5, 3, 0]]}""")]
    [InlineData("""{"sample": "7", "counts": {}, "boxes": [[1, 2, 3, 1e99, 0.5, 0, 0]]}""")]
    [InlineData("""{"sample": null, "counts": {}, "boxes": []}""")]
    public void What_the_task_did_not_write_is_a_format_error(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        FluentActions.Invoking(() => Create(Yolov8, Dataset)!.Read(document.RootElement)).Should().Throw<FormatException>();
    }

    [Fact]
    public void Results_are_in_cocos_format_with_numbers_as_image_ids()
    {
        ITask task = Create(Yolov8, Dataset)!;
        DetectionPrediction Of(string id) => new(id, [new DetectedBox(0.1f, 2, 3, 4, 0.5f, 1, 0)], ImmutableSortedDictionary<string, int>.Empty);
        Json(w => task.WriteResults(w, [Of("7"), Of("a")])).Should().Be(
            """[{"image_id":7,"category_id":20,"bbox":[0.10000000149011612,2,3,4],"score":0.5},{"image_id":"a","category_id":20,"bbox":[0.10000000149011612,2,3,4],"score":0.5}]""");
    }

    [Fact]
    public void All_mistakes_of_the_settings_are_reported_at_once()
    {
        var faults = new FaultList();
        new DetectionTaskKind().Create(
            SettingsText.Parse(
                """
                {"kind": "detection", "decoder": {"kind": "yolov9"}, "score-threshold": 1.5, "nms": {"contract": "hard", "iou": -1, "class-wize": true},
                 "top-k": 0, "classes": [30, 31], "max-detection": 3}
                """, faults),
            Dataset).Should().BeNull();
        string[] wanted = ["yolov9", "score-threshold", "contract", "iou", "class-wize", "top-k", "31", "max-detection"];
        string[] found = [.. faults.ToImmutable().Select(f => f.What)];
        found.Should().HaveCount(wanted.Length);
        foreach (string key in wanted)
            found.Should().ContainSingle(w => w.Contains($"'{key}'") || w.Contains($"category {key}"));
    }

    [Fact]
    public void A_dataset_without_boxes_is_a_fault() => Faults(Yolov8, new UnlabelledDataset()).Should().ContainSingle(f => f.What.Contains("has no boxes"));

    [Fact]
    public void Coco80_wants_80_categories()
    {
        string coco80 = Yolov8.Replace("[30, 10]", "\"coco80\"");
        Faults(coco80, Dataset).Should().ContainSingle(f => f.What.Contains("3 categories"));
        Faults(coco80, MemoryDataset.Of(80)).Should().BeEmpty();
    }

    [Fact]
    public void A_model_that_ends_in_nms_takes_no_second_one()
    {
        Faults(Yolov8.Replace("yolov8", "efficient-nms"), Dataset).Should().ContainSingle(f => f.What.Contains("'nms'"));
        Faults("""{"kind": "detection", "decoder": {"kind": "efficient-nms"}, "score-threshold": 0, "classes": "dataset-order"}""", Dataset).Should().BeEmpty();
    }

    [Fact]
    public void A_box_that_decodes_to_infinity_is_a_fault()
    {
        float[] rows = new float[84 * 6];
        (rows[2], rows[4], rows[5]) = (100, 1, 1);
        ITask task = Create(Yolov8.Replace("yolov8", "yolox").Replace("[30, 10]", "[30]"), Dataset)!;
        FluentActions.Invoking(() => task.Decode([new ModelRun(new Dictionary<string, Tensor> { ["o"] = Tensor.Create(rows, 1, 84, 6) }, Placement)], Sample, false))
            .Should().Throw<FaultException>().WithMessage("*sample 7*candidate 0*");
    }

    /// <summary>Two columns: a small tree at 2, 2 and a cat at 20, 20.</summary>
    private static Dictionary<string, Tensor> Outputs() => new()
    {
        ["out"] = Tensor.Create([2f, 20, 2, 20, 4, 20, 4, 20, 0.5f, 0.1f, 0.1f, 0.9f], 1, 6, 2),
    };

    private static ITask? Create(string settings, IDataset dataset)
    {
        var faults = new FaultList();
        ITask? task = new DetectionTaskKind().Create(SettingsText.Parse(settings, faults), dataset);
        faults.ThrowIfAny();
        return task;
    }

    private static ImmutableArray<Fault> Faults(string settings, IDataset dataset)
    {
        var faults = new FaultList();
        ITask? task = new DetectionTaskKind().Create(SettingsText.Parse(settings, faults), dataset);
        (task is null).Should().Be(faults.Count > 0);
        return faults.ToImmutable();
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            write(writer);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
