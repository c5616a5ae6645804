using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Datasets;
using Parity.Suites.Detection;
using Parity.Suites.Keypoints;
using Parity.Suites.Scenes;
using Parity.Suites.Tests.Datasets;

namespace Parity.Suites.Tests.Keypoints;

using Parity.Suites.Tests.Detection;
using SettingsText = Parity.Suites.Tests.Detection.SettingsText;

public sealed class KeypointTaskTests
{
    private const string Yolox = """
        {"kind": "keypoints", "decoder": {"kind": "yolox-pose", "strides": [8, 16], "joints": "grouped"}, "sigmas": [0.05, 0.05, 0.08, 0.08, 0.07, 0.08, 0.08],
         "classes": "dataset-order", "score-threshold": 0.01, "nms": {"contract": "torchvision", "iou": 0.65}, "max-detections": 20}
        """;

    private static readonly FigureDataset Figures = new(seed: 3, first: 0, count: 4, side: 96);

    [Fact]
    public void The_truth_as_a_prediction_scores_one_and_is_drawn_as_the_truth()
    {
        ITask task = Create(Yolox, Figures)!;
        ImmutableArray<Prediction> perfect = [.. Figures.Samples.Select(s => (Prediction)Perfect(s.Id))];
        IEvaluation evaluation = task.Evaluate(perfect);
        var values = new double[evaluation.Kinds.Length];
        evaluation.Measure([1, 1, 1, 1], values);
        evaluation.Kinds.Zip(values).Where(m => m.First.Name.EndsWith("/AP", StringComparison.Ordinal)).Should().NotBeEmpty().And.OnlyContain(m => m.Second > 1 - 1e-9);

        task.Agreement(perfect, perfect).Should().BeApproximately(1, 1e-9);
        task.Agreement(perfect, [.. perfect.Cast<PosePrediction>().Select(p => p with { Poses = [.. p.Poses.Select(q => q with { Joints = [.. q.Joints.Select(j => j with { X = j.X + 500 })] })] })])
            .Should().Be(0, "the boxes stay, but joints are what the metric is of");

        ImmutableArray<OverlayShape> drawn = task.Draw(perfect[0]).Shapes, truth = task.DrawTruth(Figures.Samples[0]).Shapes;
        drawn.OfType<PointShape>().Select(p => (p.X, p.Y, p.Label)).Should().Equal(truth.OfType<PointShape>().Select(p => ((double)(float)p.X, (double)(float)p.Y, p.Label)));
        drawn.OfType<PolylineShape>().Should().HaveSameCount(truth.OfType<PolylineShape>()).And.NotBeEmpty();
    }

    [Fact]
    public void A_pose_whose_similarity_is_72_hundredths_hits_at_five_of_ten_thresholds()
    {
        // Both labelled joints d away: exp(-d^2 / (2 area (2 sigma)^2)) = .72; the unlabelled third does not count, nor does the object without labelled joints.
        double d = Math.Sqrt(-Math.Log(0.72) * 2 * 400 * 0.04);
        ImmutableArray<JointLabel> joints = [new(10, 10, 2), new(20, 30, 1), default], none = [default, default, default];
        BoxLabel[] labels = [new(1, 1, 5, 5, 20, 30, 400, false), new(2, 1, 50, 50, 20, 30, 400, false)];
        var pose = new DetectedPose(new DetectedBox(5, 5, 20, 30, 0.9f, 0, 0), [new((float)(10 + d), 10, 1), new(20, (float)(30 - d), 1), new(90, 90, 1)]);
        IEvaluation evaluation = KeypointEvaluation.Of([new BoxCategory(1, "figure")], [0.1, 0.1, 0.1], [new PoseSample("1", labels, [joints, none], [pose])]);
        var values = new double[evaluation.Kinds.Length];
        evaluation.Measure([1], values);
        evaluation.Kinds[0].Name.Should().Be("keypoints/AP");
        values[0].Should().BeApproximately(0.5, 1e-9);
        values[1].Should().BeApproximately(1, 1e-9);
        values[2].Should().BeApproximately(0, 1e-9);
    }

    [Fact]
    public void A_prediction_is_read_back_bit_for_bit()
    {
        ITask task = Create(Yolox, Figures)!;
        PosePrediction written = Perfect("0") with { Counts = ImmutableSortedDictionary<string, int>.Empty.Add("kept", 2) };
        written = written with { Poses = written.Poses.Add(new DetectedPose(new DetectedBox(-0f, float.Epsilon, float.MaxValue, 1 / 3f, 1, 0, 9), [.. Enumerable.Repeat(new JointPoint(-1 / 3f, 1e-30f, 0), 7)])) };
        var read = (PosePrediction)task.Read(JsonDocument.Parse(Json(w => task.Write(w, written))).RootElement);
        read.Counts.Should().Equal(written.Counts);
        read.Poses.Select(p => p.Box).Should().Equal(written.Poses.Select(p => p.Box));
        read.Poses.SelectMany(p => p.Joints).Should().Equal(written.Poses.SelectMany(p => p.Joints));
        FluentActions.Invoking(() => PoseJournal.Read(JsonDocument.Parse(Json(w => task.Write(w, written))).RootElement, 1, 17)).Should().Throw<FormatException>().WithMessage("*17 joints*");
    }

    [Fact]
    public void Results_are_COCO_keypoint_results()
    {
        ITask task = Create(Yolox, Figures)!;
        PosePrediction perfect = Perfect("2");
        JsonElement first = JsonDocument.Parse(Json(w => task.WriteResults(w, [perfect]))).RootElement[0];
        first.GetProperty("image_id").GetInt32().Should().Be(2);
        first.GetProperty("category_id").GetInt32().Should().Be(1);
        first.GetProperty("keypoints").EnumerateArray().Select(v => (float)v.GetDouble()).Should().Equal(perfect.Poses[0].Joints.SelectMany(j => new[] { j.X, j.Y, j.Score }));
    }

    [Fact]
    public void Predictions_lie_apart_by_the_median_shift_of_each_joint_the_flips_and_the_instances_without_a_partner()
    {
        // Sample 1 loses an instance; what scores .1 is not looked for. A box of 10 x 40 has the side 20: a hand 5 pixels away is a quarter of it.
        DetectedPose pose = new(new DetectedBox(0, 0, 10, 40, 0.9f, 0, 0), [new(1, 1, 0.9f), new(5, 20, 0.9f)]), lost = new(new DetectedBox(80, 0, 10, 40, 0.5f, 0, 1), pose.Joints);
        DetectedPose noise = lost with { Box = lost.Box with { Score = 0.1f } }, moved = pose with { Joints = [new(1, 1, 0.4f), new(8, 24, 0.9f)] };
        var skeleton = new Skeleton(["head", "hand"], []);
        var apart = PoseComparison.Compare([Of(pose, lost), Of(noise)], [Of(moved), Of()], skeleton);
        apart.Select(m => (m.Name, m.Value, m.Count)).Should().Equal(
            ("unpaired", 0.5, 2), ("shift", 0.125, 2), ("flips", 0.5, 2), ("shift/head", 0, 1), ("shift/hand", 0.25, 1), ("flips/head", 1, 1), ("flips/hand", 0, 1));
        PoseComparison.Compare([Of()], [Of(pose)], skeleton).Should().OnlyContain(m => m.Value == null, "nothing was compared");

        static PosePrediction Of(params ImmutableArray<DetectedPose> poses) => new("1", poses, ImmutableSortedDictionary<string, int>.Empty);
    }

    [Fact]
    public void Every_mistake_of_the_settings_is_told_at_once()
    {
        var faults = new FaultList();
        new KeypointTaskKind().Create(SettingsText.Parse("""{"kind": "keypoints", "decoder": {"kind": "yolov8-pose", "joint-values": 4}, "classes": "dataset-order", "score-threshold": 2, "nms": {"contract": "torchvision", "iou": 0.65}}""", faults), Figures)
            .Should().BeNull();
        faults.ToImmutable().Select(f => f.What).Should().HaveCount(3).And.Contain(w => w.Contains("17 sigmas for 7 joints"));
        faults = new FaultList();
        new KeypointTaskKind().Create(SettingsText.Parse(Yolox, faults), MemoryDataset.Of(1)).Should().BeNull();
        faults.ToImmutable().Select(f => f.What).Should().Contain("the dataset 'memory' has no keypoints");
    }

    [Fact]
    public void Top_down_cuts_out_the_labelled_persons_or_those_of_a_detections_file()
    {
        using var folder = new TemporaryFolder();
        string annotations = folder.Write("person.json", """
            {"images": [{"id": 5, "file_name": "a.jpg", "width": 100, "height": 80}],
             "categories": [{"id": 1, "name": "person", "keypoints": ["nose", "hand"], "skeleton": [[1, 2]]}],
             "annotations": [{"id": 1, "image_id": 5, "category_id": 1, "bbox": [10, 20, 30, 40], "area": 900, "iscrowd": 0, "num_keypoints": 1, "keypoints": [12, 22, 2, 0, 0, 0]},
                             {"id": 2, "image_id": 5, "category_id": 1, "bbox": [1, 2, 3, 4], "area": 12, "iscrowd": 0, "num_keypoints": 0, "keypoints": [0, 0, 0, 0, 0, 0]},
                             {"id": 3, "image_id": 5, "category_id": 1, "bbox": [1, 2, 50, 50], "area": 12, "iscrowd": 1, "num_keypoints": 1, "keypoints": [5, 5, 1, 0, 0, 0]}]}
            """);
        string detections = folder.Write("found.json", """
            [{"image_id": 5, "category_id": 1, "bbox": [0, 0, 8, 8], "score": 0.5}, {"image_id": 5, "category_id": 7, "bbox": [0, 0, 9, 9], "score": 1}]
            """);
        CocoContent content = CocoReader.Read(annotations);
        var dataset = new CocoDataset(content, folder.Path, DetectionsFile.Read(detections, content));
        ITask labelled = Create(TopDown("ground-truth"), dataset)!, found = Create(TopDown("detections"), dataset)!;
        labelled.Regions(dataset.Samples[0])!.Value.Should().Equal(new PictureRegion(25, 40, 37.5, 50));
        found.Regions(dataset.Samples[0])!.Value.Should().Equal(new PictureRegion(4, 4, 10, 10));
        labelled.DrawTruth(dataset.Samples[0]).Shapes.OfType<PointShape>().Select(p => p.Label).Should().Equal("nose", "nose");
        FluentActions.Invoking(() => Create(TopDown("detections"), new CocoDataset(content, folder.Path))).Should().Throw<FaultException>().WithMessage("*the dataset has none*");

        static string TopDown(string boxes) => $$"""{"kind": "keypoints", "decoder": {"kind": "heatmaps"}, "boxes": "{{boxes}}", "sigmas": [0.026, 0.1]}""";
    }

    private static PosePrediction Perfect(string id)
    {
        var poses = Figures.LabelsOf(id).Zip(Figures.JointsOf(id), (b, joints) => new DetectedPose(
            new DetectedBox((float)b.X, (float)b.Y, (float)b.Width, (float)b.Height, 0.9f, 0, 0), [.. joints.Select(j => new JointPoint((float)j.X, (float)j.Y, j.Visibility > 0 ? 1 : 0))]));
        return new PosePrediction(id, [.. poses], ImmutableSortedDictionary<string, int>.Empty);
    }

    private static ITask? Create(string settings, IDataset dataset)
    {
        var faults = new FaultList();
        ITask? task = new KeypointTaskKind().Create(SettingsText.Parse(settings, faults), dataset);
        faults.ThrowIfAny();
        return task;
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            write(writer);
        return System.Text.Encoding.UTF8.GetString(stream.ToArray());
    }
}
