using System.Collections.Immutable;
using System.Text;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Imaging;
using Parity.Suites.Segmentation;
using Parity.Suites.Tests.Detection;
using Parity.Suites.Tests.Metrics;

namespace Parity.Suites.Tests.Segmentation;

public class SegmentationTaskTests
{
    private const string Argmax = """{"kind": "segmentation", "decoder": {"kind": "argmax", "resize": "nearest"}}""";
    private static readonly Sample Sample = new("7", "seven.jpg");
    private static readonly MaskTruth Truth = new(["rest", "person", "dog"], new LabelMap(4, 2, [0, 0, 1, 1, 2, 2, 2, 255]));

    [Fact]
    public void Scores_are_decided_resized_measured_and_drawn()
    {
        ITask task = Create(Argmax, Truth);
        // Two by one pixels: rest beats person on the left; on the right person and dog tie, and the first wins.
        var prediction = (SegmentationPrediction)task.Decode([new ModelRun(Output([5, 0, 1, 3, 0, 3], 1, 3, 1, 2), Whole(4, 2, 2, 1))], Sample, explain: false);
        prediction.Runs.Should().Equal(0, 2, 1, 2, 0, 2, 1, 2);
        prediction.Counts.Should().BeEquivalentTo(new Dictionary<string, int> { ["pixels.rest"] = 4, ["pixels.person"] = 4, ["pixels.dog"] = 0 });

        double[] values = MetricProperties.Measure(task.Evaluate([prediction]));
        values[3..6].Should().Equal(2.0 / 4, 2.0 / 3, 0);

        task.Draw(prediction).Shapes.Should().ContainSingle("the rest is not drawn").Which.Should().BeOfType<MaskShape>().Which.Rle.Should().Equal(2, 2, 2, 2);
        task.DrawTruth(Sample).Shapes.Select(s => s.Label).Should().Equal("person", "dog");
        SegmentationPrediction other = prediction with { Runs = [0, 2, 1, 2, 1, 4] };
        MaskShape difference = task.DrawDifference(prediction, other).Shapes.Should().ContainSingle().Which.Should().BeOfType<MaskShape>().Subject;
        difference.Label.Should().Be("rest became person");
        difference.Rle.Should().Equal(4, 2, 2);
        // Of rest 2 of 4 pixels stay, of person 4 of 6; there is no dog.
        task.Agreement([prediction], [other]).Should().BeApproximately((2.0 / 4 + 4.0 / 6) / 2, 1e-12);
        PredictionComparison comparison = task.Compare(prediction, other);
        comparison.Changes.Should().BeEmpty();
        comparison.Counts.Should().BeEquivalentTo(new Dictionary<string, int> { ["unchanged"] = 6, ["changed.rest-to-person"] = 2 });
        task.DrawDifference(prediction, prediction).Shapes.Should().BeEmpty();
    }

    [Fact]
    public void A_prediction_is_read_back_and_nothing_else_is()
    {
        ITask task = Create(Argmax, Truth);
        var written = new SegmentationPrediction("x", 4, 2, [0, 3, 2, 5], ImmutableSortedDictionary<string, int>.Empty.Add("pixels.dog", 5));
        using (JsonDocument document = JsonDocument.Parse(Json(w => task.Write(w, written))))
            task.Read(document.RootElement).Should().BeEquivalentTo(written, o => o.ComparingByMembers<SegmentationPrediction>());
        foreach (string wrong in new[] { "0, 3", "0, 3, 3, 5", "0, 3, 1, 6", "0, 3, 1, -5", "0, 8, 1" })
        {
            using JsonDocument document = JsonDocument.Parse($$"""{"sample": "x", "counts": {}, "size": [4, 2], "runs": [{{wrong}}]}""");
            FluentActions.Invoking(() => task.Read(document.RootElement)).Should().Throw<FormatException>(wrong);
        }
        FluentActions.Invoking(() => task.Read(JsonDocument.Parse("{}").RootElement)).Should().Throw<FormatException>();
    }

    [Fact]
    public void Results_are_cocos_compressed_run_lengths_down_the_columns() =>
        Json(w => Create(Argmax, Truth).WriteResults(w, [new SegmentationPrediction("7", 2, 2, [1, 1, 0, 3], ImmutableSortedDictionary<string, int>.Empty)])).Should().Be(
            """[{"image_id":7,"category_id":0,"segmentation":{"size":[2,2],"counts":"13"}},{"image_id":7,"category_id":1,"segmentation":{"size":[2,2],"counts":"013"}}]""");

    [Theory]
    [InlineData(7, 5, 23, 31)]
    [InlineData(16, 16, 33, 8)]
    public void Half_pixel_resizing_is_that_of_OpenCV(int width, int height, int pictureWidth, int pictureHeight)
    {
        var random = new Random(3);
        float[] map = [.. Enumerable.Range(0, width * height).Select(_ => (float)random.NextDouble())];
        double[] expected = PythonOracle.Run(
            $"found = (cv2.resize(given.astype(np.float32).reshape({height}, {width}), ({pictureWidth}, {pictureHeight}), interpolation=cv2.INTER_LINEAR) > 0.5).ravel()",
            map.Select(v => (double)v));
        Decide(map, width, height, pictureWidth, pictureHeight, "bilinear-half-pixel").Select(b => (double)b).Should().Equal(expected);
    }

    [Fact]
    public void Each_contract_of_resizing_has_its_own_boundary()
    {
        // Scores 0 and 1 side by side on nine pixels: align-corners climbs from the first to the last, half-pixel from the quarter on.
        string Row(string resize) => string.Concat(Decide([0, 0.9f], 2, 1, 9, 1, resize));
        Row("nearest").Should().Be("000001111");
        Row("bilinear-half-pixel").Should().Be("000001111");
        Row("bilinear-align-corners").Should().Be("000001111");
        string Long(string resize) => string.Concat(Decide([0, 0.6f, 0.6f], 3, 1, 12, 1, resize));
        // Half-pixel: (i + .5) / 4 - .5 >= 5/6, from i = 5; align-corners: 2 i / 11 >= 5/6, from i = 5 (10/11); nearest: floor(i / 4), from 4.
        Long("nearest").Should().Be("000011111111");
        Long("bilinear-half-pixel").Should().Be("000001111111");
        Long("bilinear-align-corners").Should().Be("000001111111");
        // Downwards they part: every third pixel by nearest, between centres by half-pixel, first and last by align-corners.
        string Down(string resize) => string.Concat(Decide([1, 0, 0, 0, 0, 1], 6, 1, 2, 1, resize));
        Down("nearest").Should().Be("10");
        Down("bilinear-half-pixel").Should().Be("00");
        Down("bilinear-align-corners").Should().Be("11");
    }

    [Fact]
    public void Padding_of_a_letterbox_does_not_reach_the_picture()
    {
        // The map's upper and lower quarters are padding that says person everywhere.
        float[] map = [1, 1, 0, 0, 0, 0, 1, 1];
        ITask task = Create(Threshold("bilinear-half-pixel"), new MaskTruth(["rest", "person"], new LabelMap(1, 1, [0])));
        var prediction = (SegmentationPrediction)task.Decode([new ModelRun(Output(map, 1, 1, 4, 2), new Placement(0.4, 0.4, 0, 2, 10, 10, 4, 8))], Sample, explain: false);
        prediction.Runs.Should().Equal(0, 100);
    }

    [Fact]
    public void A_picture_that_the_input_cuts_is_a_fault() =>
        FluentActions.Invoking(() => Create(Argmax, Truth).Decode([new ModelRun(Output(new float[6], 1, 3, 1, 2), new Placement(1, 1, -3, 0, 8, 1, 2, 1))], Sample, explain: false))
            .Should().Throw<FaultException>().WithMessage("*sample 7*cuts*");

    [Fact]
    public void Channels_last_is_the_same_map()
    {
        ITask first = Create(Argmax, Truth), last = Create(Argmax.Replace("\"nearest\"", "\"nearest\", \"layout\": \"nhwc\""), Truth);
        var a = (SegmentationPrediction)first.Decode([new ModelRun(Output([5, 0, 1, 3, 0, 4], 1, 3, 1, 2), Whole(4, 2, 2, 1))], Sample, explain: false);
        var b = (SegmentationPrediction)last.Decode([new ModelRun(Output([5, 1, 0, 0, 3, 4], 1, 1, 2, 3), Whole(4, 2, 2, 1))], Sample, explain: false);
        b.Runs.Should().Equal(a.Runs);
    }

    [Fact]
    public void Outputs_that_do_not_fit_and_values_that_are_not_finite_are_faults()
    {
        ITask task = Create(Argmax, Truth);
        var faults = new FaultList();
        task.CheckOutputs([new TensorPort("o", ElementType.Int64, [1, 2, 8, 8])], "m.onnx", faults);
        faults.Count.Should().Be(2, "two planes for three classes, and no floats");
        var fine = new FaultList();
        task.CheckOutputs([new TensorPort("o", ElementType.Float32, [1, 3, -1, -1])], "m.onnx", fine);
        fine.Count.Should().Be(0);
        FluentActions.Invoking(() => task.Decode([new ModelRun(Output([1, 2, float.NaN], 1, 3, 1, 1), Whole(1, 1, 1, 1))], Sample, explain: false)).Should().Throw<FaultException>().WithMessage("*NaN*");
        FluentActions.Invoking(() => task.Decode([new ModelRun(Output([1, 2], 1, 2, 1, 1), Whole(1, 1, 1, 1))], Sample, explain: false)).Should().Throw<FaultException>();
    }

    [Theory]
    [InlineData("""{"kind": "segmentation", "decoder": {"kind": "threshold", "threshold": 0.5, "resize": "nearest"}}""", "two classes")]
    [InlineData("""{"kind": "segmentation", "decoder": {"kind": "argmax"}}""", "'resize' is missing")]
    [InlineData("""{"kind": "segmentation", "decoder": {"kind": "argmax", "threshold": 0.5, "resize": "nearest"}}""", "unknown key 'threshold'")]
    public void Mistakes_of_the_settings_are_faults(string settings, string what)
    {
        var faults = new FaultList();
        new SegmentationTaskKind().Create(Detection.SettingsText.Parse(settings, faults), Truth).Should().BeNull();
        faults.ToImmutable().Should().ContainSingle().Which.What.Should().Contain(what);
    }

    [Fact]
    public void A_dataset_without_masks_is_a_fault()
    {
        var faults = new FaultList();
        new SegmentationTaskKind().Create(Detection.SettingsText.Parse(Argmax, faults), new UnlabelledDataset()).Should().BeNull();
        faults.ToImmutable().Should().ContainSingle().Which.What.Should().Contain("no masks");
    }

    private static byte[] Decide(float[] map, int width, int height, int pictureWidth, int pictureHeight, string resize)
    {
        ITask task = Create(Threshold(resize), new MaskTruth(["rest", "person"], new LabelMap(1, 1, [0])));
        var prediction = (SegmentationPrediction)task.Decode([new ModelRun(Output(map, 1, 1, height, width), Whole(pictureWidth, pictureHeight, width, height))], Sample, explain: false);
        return ClassRuns.ToMap(prediction.Runs, pictureWidth, pictureHeight, 2).Values;
    }

    private static string Threshold(string resize) => Argmax.Replace("\"argmax\"", "\"threshold\", \"threshold\": 0.5").Replace("nearest", resize);

    private static Placement Whole(int pictureWidth, int pictureHeight, int width, int height) =>
        new((double)width / pictureWidth, (double)height / pictureHeight, 0, 0, pictureWidth, pictureHeight, width, height);

    private static Dictionary<string, Tensor> Output(float[] values, params int[] shape) => new() { ["out"] = Tensor.Create(values, shape) };

    private static ITask Create(string settings, MaskTruth truth)
    {
        var faults = new FaultList();
        ITask? task = new SegmentationTaskKind().Create(Detection.SettingsText.Parse(settings, faults), truth);
        faults.ThrowIfAny();
        return task!;
    }

    private static string Json(Action<Utf8JsonWriter> write)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream))
            write(writer);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    /// <summary>One mask without pictures; the first class is the rest.</summary>
    private sealed class MaskTruth(ImmutableArray<string> classes, LabelMap map) : IDataset, IClassMaps
    {
        public string Name => "mask";

        public ImmutableArray<Sample> Samples => [Sample];

        public string Sha256 => "";

        public ImmutableArray<string> Classes => classes;

        public int? Rest => 0;

        public LabelMap ClassesOf(string sampleId) => map;

        public Picture Read(Sample sample) => throw new NotSupportedException();

        public string? ContentSha256(Sample sample) => null;

        public IDataset Take(int count) => this;
    }
}
