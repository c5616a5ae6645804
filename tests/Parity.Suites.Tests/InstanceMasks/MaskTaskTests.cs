using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Datasets;
using Parity.Suites.Detection;
using Parity.Suites.InstanceMasks;
using Parity.Suites.Tests.Datasets;

namespace Parity.Suites.Tests.InstanceMasks;

using SettingsText = Parity.Suites.Tests.Detection.SettingsText;

public sealed class MaskTaskTests : IDisposable
{
    private const string Settings = """
        {"kind": "instance-masks", "decoder": {"kind": "yolov8-seg", "output": "output0", "prototypes": "output1", "coefficients": 2}, "classes": "dataset-order",
         "score-threshold": 0.01, "nms": {"contract": "torchvision", "iou": 0.65}}
        """;

    /// <summary>A triangle, a square by run lengths and a crowd in one picture of 10 x 8.</summary>
    private const string Annotations = """
        {"images": [{"id": 5, "file_name": "a.png", "width": 10, "height": 8}], "categories": [{"id": 3, "name": "leaf"}],
         "annotations": [{"id": 1, "image_id": 5, "category_id": 3, "bbox": [0, 0, 4, 4], "area": 8, "iscrowd": 0, "segmentation": [[0, 0, 4, 0, 0, 4]]},
                         {"id": 2, "image_id": 5, "category_id": 3, "bbox": [6, 2, 2, 3], "area": 6, "iscrowd": 0, "segmentation": {"size": [8, 10], "counts": [50, 3, 5, 3, 19]}},
                         {"id": 4, "image_id": 5, "category_id": 3, "bbox": [9, 0, 1, 8], "area": 8, "iscrowd": 1, "segmentation": {"size": [8, 10], "counts": [72, 8]}}]}
        """;

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_truth_as_a_prediction_scores_one_by_masks_and_by_boxes_and_is_drawn_as_the_truth()
    {
        (ITask task, CocoDataset dataset) = Open();
        MaskPrediction perfect = Perfect(dataset);
        IEvaluation evaluation = task.Evaluate([perfect]);
        evaluation.Kinds[0].Name.Should().Be("segm/AP");
        Values(evaluation).Where(m => m.Key is "segm/AP" or "segm/AR100" or "bbox/AP").Should().HaveCount(3).And.OnlyContain(m => m.Value > 1 - 1e-9);
        task.Draw(perfect).Shapes.OfType<MaskShape>().Select(m => string.Join(',', m.Rle)).Should()
            .Equal(task.DrawTruth(dataset.Samples[0]).Shapes.OfType<MaskShape>().Take(2).Select(m => string.Join(',', m.Rle)));
    }

    [Fact]
    public void A_mask_that_shares_two_thirds_hits_at_four_of_ten_thresholds_though_its_box_is_exact()
    {
        (ITask task, CocoDataset dataset) = Open();
        MaskPrediction perfect = Perfect(dataset);
        // Four of six pixels: IoU .667 is over .5, .55, .6 and .65. The triangle stays: AP is that of its order, here the better half first.
        MaskPrediction shrunk = perfect with { Instances = [perfect.Instances[1] with { Mask = new MaskRuns(10, 8, [50, 2, 6, 2, 20]) }] };
        Dictionary<string, double> values = Values(task.Evaluate([shrunk]));
        // One of two objects found: recall 51 of 101 points.
        values["segm/AP"].Should().BeApproximately(0.4 * 51 / 101, 1e-12);
        values["bbox/AP"].Should().BeApproximately(51.0 / 101, 1e-12);
        // With the perfect one for the truth the mask is over .5 and .6 of fifteen thresholds.
        task.Agreement([perfect], [shrunk]).Should().BeApproximately(2.0 / 15 * 51 / 101, 1e-12);
        task.Agreement([perfect], [perfect]).Should().BeApproximately(1, 1e-9);
        var apart = task.Apart([perfect], [shrunk]);
        apart.Select(m => (m.Name, m.Count)).Should().Equal(("unpaired", 2), ("mask-iou", 1), ("mask-iou/worst", 1));
        apart.Select(m => Math.Round(m.Value!.Value, 6)).Should().Equal(0.5, 0.666667, 0.666667);
        task.Apart([shrunk with { Instances = [] }], [perfect]).Should().OnlyContain(m => m.Value == null, "nothing was compared");
    }

    [Fact]
    public void The_results_file_gives_what_the_run_gives()
    {
        (ITask task, CocoDataset dataset) = Open();
        MaskPrediction perfect = Perfect(dataset);
        MaskPrediction shrunk = perfect with { Instances = [perfect.Instances[0], perfect.Instances[1] with { Mask = new MaskRuns(10, 8, [50, 2, 6, 2, 20]) }] };
        string results = _folder.Write("results.json", Json(w => task.WriteResults(w, [shrunk])));
        using CocoGroundTruth truth = CocoGroundTruth.Open(_folder.Write("gt.json", Annotations), CocoShape.Mask, []);
        using CocoResults read = CocoResults.Open(results, CocoShape.Mask, 0);
        Dictionary<string, double> of = Values(task.Evaluate([shrunk]));
        foreach ((string name, double value) in Values(truth.Evaluate(read, CocoParameters.Default)))
            of[name].Should().Be(value, name);
    }

    [Fact]
    public void A_prediction_is_read_back_bit_for_bit()
    {
        (ITask task, CocoDataset dataset) = Open();
        MaskPrediction written = Perfect(dataset);
        var read = (MaskPrediction)task.Read(JsonDocument.Parse(Json(w => task.Write(w, written))).RootElement);
        read.Instances.Select(i => i.Box).Should().Equal(written.Instances.Select(i => i.Box));
        read.Instances.SelectMany(i => i.Mask.Counts).Should().Equal(written.Instances.SelectMany(i => i.Mask.Counts));
        string damaged = Json(w => task.Write(w, written with { Instances = [written.Instances[0] with { Mask = new MaskRuns(10, 8, [50, 3]) }] }));
        FluentActions.Invoking(() => task.Read(JsonDocument.Parse(damaged).RootElement)).Should().Throw<FormatException>().WithMessage("*53 pixels*10 x 8*");
    }

    [Fact]
    public void Compressed_run_lengths_are_those_of_any_counts()
    {
        var random = new Random(3);
        for (int round = 0; round < 200; round++)
        {
            int[] counts = [.. Enumerable.Range(0, 1 + random.Next(12)).Select(_ => random.Next(1 << random.Next(1, 25)))];
            var runs = new RunLengths();
            runs.Decode(System.Text.Encoding.UTF8.GetBytes(RunLengths.Encode(counts).Replace("\\", "\\\\"))).Should().BeNull();
            runs.Counts.ToArray().Should().Equal(counts);
        }
    }

    [Fact]
    public void Coefficients_are_the_last_values_of_a_box_in_either_layout()
    {
        // Two boxes, one class, two coefficients; the prototypes are the upper and the lower half of 2 x 2 cells.
        float[] rows = [4, 2, 8, 4, 1, 0.9f, 5, -5, /**/ 4, 6, 8, 4, 1, 0.8f, -5, 5];
        float[] columns = [4, 4, 2, 6, 8, 8, 4, 4, 0.9f, 0.8f, 5, -5, -5, 5];
        float[] prototypes = [1, 1, 0, 0, 0, 0, 1, 1];
        foreach ((string kind, Tensor output) in new[] { ("yolov5-seg", Tensor.Create(rows, 1, 2, 8)), ("yolov8-seg", Tensor.Create(columns, 1, 7, 2)) })
        {
            (ITask task, CocoDataset dataset) = Open(Settings.Replace("yolov8-seg", kind));
            var outputs = new Dictionary<string, Tensor> { ["output0"] = output, ["output1"] = Tensor.Create(prototypes, 1, 2, 2, 2) };
            var found = (MaskPrediction)task.Decode([new ModelRun(outputs, new Placement(1, 1, 0, 0, 10, 8, 10, 8))], dataset.Samples[0], explain: true);
            found.Instances.Select(i => (i.Box.Score, i.Mask.Area)).Should().Equal([(0.9f, 32L), (0.8f, 32L)], kind);
            found.Instances[0].Mask.ToPixels()[..8].Should().OnlyContain(p => p);
            found.Instances[1].Mask.ToPixels()[70..78].Should().OnlyContain(p => p);
            task.Compare(found, found).Counts["matched"].Should().Be(2);
        }
    }

    [Fact]
    public void A_dataset_without_masks_is_told_apart()
    {
        string boxes = System.Text.RegularExpressions.Regex.Replace(Annotations, """, "segmentation": (\[\[.*?\]\]|\{.*?\})""", "");
        FluentActions.Invoking(() => Open(annotations: boxes)).Should().Throw<FaultException>().WithMessage("*has no masks of instances*");
        (ITask task, CocoDataset dataset) = Open(annotations: Annotations.Replace("[8, 10]", "[10, 8]"));
        FluentActions.Invoking(() => task.DrawTruth(dataset.Samples[0])).Should().Throw<FaultException>().WithMessage("*the mask is 8 x 10 pixels, its image 10 x 8*");
    }

    private (ITask Task, CocoDataset Dataset) Open(string settings = Settings, string annotations = Annotations)
    {
        var dataset = new CocoDataset(CocoReader.Read(_folder.Write("instances.json", annotations)), _folder.Path);
        var faults = new FaultList();
        ITask? task = new MaskTaskKind().Create(SettingsText.Parse(settings, faults), dataset);
        faults.ThrowIfAny();
        return (task!, dataset);
    }

    private static MaskPrediction Perfect(CocoDataset dataset)
    {
        var instances = ((IBoxLabels)dataset).LabelsOf("5").Zip(((IMaskLabels)dataset).MasksOf("5")).Where(l => !l.First.IsCrowd)
            .Select((l, i) => new DetectedMask(new DetectedBox((float)l.First.X, (float)l.First.Y, (float)l.First.Width, (float)l.First.Height, 0.9f - 0.1f * i, 0, i), l.Second));
        return new MaskPrediction("5", [.. instances], ImmutableSortedDictionary<string, int>.Empty);
    }

    private static Dictionary<string, double> Values(IEvaluation evaluation)
    {
        var values = new double[evaluation.Kinds.Length];
        evaluation.Measure([1], values);
        return evaluation.Kinds.Zip(values).ToDictionary(m => m.First.Name, m => m.Second);
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            write(writer);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
