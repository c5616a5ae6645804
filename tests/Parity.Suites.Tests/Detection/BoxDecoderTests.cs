using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

public class BoxDecoderTests
{
    private static readonly Sample Sample = new("42", "42.jpg");
    private static readonly Placement Input64 = new(1, 1, 0, 0, 64, 64, 64, 64);

    [Fact]
    public void Yolox_adds_the_cell_scales_by_the_stride_and_multiplies_scores()
    {
        // 64 x 64 gives grids of 8 x 8, 4 x 4 and 2 x 2: row 64 + 6 is column 2, row 1 of stride 16.
        float[] rows = new float[84 * 7];
        Row(rows, 7, 70, 0.5f, -0.25f, MathF.Log(2), 0, 0.8f, 0.25f, 0.5f);
        Row(rows, 7, 83, 0, 0, 0, 0, 1, 0.75f, 0.5f);
        Candidates found = Decode("""{"kind": "yolox"}""", 2, 0.3f, ("out", Tensor.Create(rows, 1, 84, 7)));
        found.Indices.ToArray().Should().Equal(70, 83);
        found.Classes.ToArray().Should().Equal(1, 0);
        found.Scores.ToArray().Should().Equal(0.8f * 0.5f, 0.75f);
        Corners(found, 0).Should().Equal([40 - 16, 12 - 8, 40 + 16, 12 + 8], (a, b) => Math.Abs(a - b) < 1e-4);
        Corners(found, 1).Should().Equal(32 - 16, 32 - 16, 32 + 16, 32 + 16);
    }

    [Fact]
    public void Yolox_applies_the_sigmoid_when_asked()
    {
        float[] rows = new float[84 * 6];
        Array.Fill(rows, -20);
        Row(rows, 6, 3, 0, 0, 0, 0, 2, 1);
        Candidates found = Decode("""{"kind": "yolox", "apply-sigmoid": true}""", 1, 0.3f, ("out", Tensor.Create(rows, 1, 84, 6)));
        found.Count.Should().Be(1);
        found.Scores[0].Should().BeApproximately((float)(1 / (1 + Math.Exp(-2)) / (1 + Math.Exp(-1))), 1e-6f);
    }

    [Fact]
    public void Yolov5_rows_are_centres_and_sizes_in_input_pixels()
    {
        float[] rows = [10, 20, 6, 8, 0.9f, 0.1f, 0.5f, 30, 30, 2, 2, 0.2f, 1, 1];
        Candidates found = Decode("""{"kind": "yolov5"}""", 2, 0.25f, ("out", Tensor.Create(rows, 1, 2, 7)));
        found.Count.Should().Be(1);
        Corners(found, 0).Should().Equal(7, 16, 13, 24);
        found.Scores[0].Should().Be(0.9f * 0.5f);
    }

    [Fact]
    public void Every_class_above_the_threshold_is_a_candidate_when_asked()
    {
        float[] rows = [10, 20, 6, 8, 1, 0.4f, 0.5f, 0.1f];
        Candidates best = Decode("""{"kind": "yolov5"}""", 3, 0.25f, ("out", Tensor.Create(rows, 1, 1, 8)));
        Candidates every = Decode("""{"kind": "yolov5"}""", 3, 0.25f, everyClass: true, ("out", Tensor.Create(rows, 1, 1, 8)));
        best.Classes.ToArray().Should().Equal(1);
        every.Classes.ToArray().Should().Equal(0, 1);
        every.Indices.ToArray().Should().Equal(0, 1);
    }

    [Fact]
    public void A_score_at_the_threshold_is_no_candidate()
    {
        float[] rows = [10, 20, 6, 8, 1, 0.25f];
        Decode("""{"kind": "yolov5"}""", 1, 0.25f, ("out", Tensor.Create(rows, 1, 1, 6))).Count.Should().Be(0);
        Decode("""{"kind": "yolov5"}""", 1, MathF.BitDecrement(0.25f), ("out", Tensor.Create(rows, 1, 1, 6))).Count.Should().Be(1);
    }

    [Fact]
    public void Yolov5_heads_give_the_same_boxes_in_both_layouts()
    {
        // Two anchors on a 2 x 2 grid of stride 32, one class.
        var random = new Random(3);
        float[] planes = [.. Enumerable.Range(0, 2 * 6 * 4).Select(_ => (float)((random.NextDouble() * 6) - 3))];
        float[] last = new float[planes.Length];
        for (int a = 0; a < 2; a++)
        {
            for (int k = 0; k < 6; k++)
            {
                for (int cell = 0; cell < 4; cell++)
                    last[(((a * 4) + cell) * 6) + k] = planes[(((a * 6) + k) * 4) + cell];
            }
        }
        const string Settings = """{"kind": "yolov5", "heads": [{"output": "p", "stride": 32, "anchors": [10, 20, 30, 40]}]}""";
        Candidates first = Decode(Settings, 1, 0.05f, ("p", Tensor.Create(planes, 1, 12, 2, 2)));
        Candidates second = Decode(Settings, 1, 0.05f, ("p", Tensor.Create(last, 1, 2, 2, 2, 6)));
        first.Count.Should().BeGreaterThan(2);
        second.Indices.ToArray().Should().Equal(first.Indices.ToArray());
        for (int i = 0; i < first.Count; i++)
            Corners(second, i).Should().Equal(Corners(first, i));

        // Hand-worked: candidate 5 is anchor 1 (30 x 40), cell 1 (column 1, row 0).
        int five = first.Indices.IndexOf(5);
        double S(int k) => 1 / (1 + Math.Exp(-planes[((6 + k) * 4) + 1]));
        double x = ((S(0) * 2) - 0.5 + 1) * 32, y = ((S(1) * 2) - 0.5) * 32, w = Math.Pow(S(2) * 2, 2) * 30, h = Math.Pow(S(3) * 2, 2) * 40;
        Corners(first, five).Should().Equal([(float)(x - (w / 2)), (float)(y - (h / 2)), (float)(x + (w / 2)), (float)(y + (h / 2))], (a, b) => Math.Abs(a - b) < 1e-3);
        first.Scores[five].Should().BeApproximately((float)(S(4) * S(5)), 1e-6f);
    }

    [Fact]
    public void Yolov8_channels_come_first()
    {
        const int Boxes = 19;
        float[] values = new float[6 * Boxes];
        (values[17], values[Boxes + 17], values[(2 * Boxes) + 17], values[(3 * Boxes) + 17]) = (10, 20, 6, 8);
        (values[(4 * Boxes) + 17], values[(5 * Boxes) + 17]) = (0.2f, 0.7f);
        Candidates found = Decode("""{"kind": "yolov8"}""", 2, 0.25f, ("out", Tensor.Create(values, 1, 6, Boxes)));
        found.Indices.ToArray().Should().Equal(17);
        found.Classes.ToArray().Should().Equal(1);
        Corners(found, 0).Should().Equal(7, 16, 13, 24);
    }

    [Fact]
    public void Fastestdet_weighs_objectness_and_class_by_powers()
    {
        // 2 x 2 cells; cell 3 is column 1, row 1.
        float[] values = new float[7 * 4];
        float[] cell = [0.9f, 0.5f, -0.5f, 0, 1, 0.3f, 0.6f];
        for (int k = 0; k < 7; k++)
            values[(k * 4) + 3] = cell[k];
        Candidates found = Decode("""{"kind": "fastestdet"}""", 2, 0.1f, ("out", Tensor.Create(values, 1, 7, 2, 2)));
        found.Indices.ToArray().Should().Equal(3);
        found.Classes.ToArray().Should().Equal(1);
        found.Scores[0].Should().BeApproximately((float)(Math.Pow(0.9, 0.6) * Math.Pow(0.6, 0.4)), 1e-6f);
        double x = (Math.Tanh(0.5) + 1) / 2 * 64, y = (Math.Tanh(-0.5) + 1) / 2 * 64, w = 32, h = 64 / (1 + Math.Exp(-1));
        Corners(found, 0).Should().Equal([(float)(x - (w / 2)), (float)(y - (h / 2)), (float)(x + (w / 2)), (float)(y + (h / 2))], (a, b) => Math.Abs(a - b) < 1e-3);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 64)]
    public void Efficient_nms_reads_as_many_rows_as_the_model_says(bool normalized, float scale)
    {
        float[] boxes = [0.1f, 0.2f, 0.3f, 0.4f, 0, 0, 1, 1, float.NaN, 0, 0, 0];
        Candidates found = Decode(
            $$"""{"kind": "efficient-nms", "normalized": {{(normalized ? "true" : "false")}}}""", 3, 0.1f,
            ("num_dets", Tensor.Create([2], 1, 1)), ("det_boxes", Tensor.Create(boxes, 1, 3, 4)),
            ("det_scores", Tensor.Create([0.9f, 0.05f, float.NaN], 1, 3)), ("det_classes", Tensor.Create([2, 0, -7], 1, 3)));
        found.Indices.ToArray().Should().Equal(0);
        found.Classes.ToArray().Should().Equal(2);
        Corners(found, 0).Should().Equal(0.1f * scale, 0.2f * scale, 0.3f * scale, 0.4f * scale);
    }

    [Theory]
    [InlineData("yolox", float.NaN, "NaN")]
    [InlineData("yolox", float.PositiveInfinity, "infinity")]
    [InlineData("yolov5", float.NegativeInfinity, "infinity")]
    public void A_value_that_is_not_finite_is_a_fault_naming_output_index_and_sample(string kind, float bad, string what)
    {
        float[] rows = new float[84 * 6];
        rows[401] = bad;
        Action act = () => Decode($$"""{"kind": "{{kind}}"}""", 1, 0.3f, ("raw", Tensor.Create(rows, 1, 84, 6)));
        Fault fault = act.Should().Throw<FaultException>().Which.Faults.Single();
        fault.What.Should().Contain("'raw'").And.Contain("401").And.Contain(what);
        fault.Where.Should().Contain("42");
    }

    [Fact]
    public void Logits_read_as_probabilities_are_a_fault()
    {
        float[] rows = new float[84 * 6];
        rows[4] = -3.5f;
        FluentActions.Invoking(() => Decode("""{"kind": "yolox"}""", 1, 0.3f, ("raw", Tensor.Create(rows, 1, 84, 6))))
            .Should().Throw<FaultException>().WithMessage("*objectness of -3.5*apply-sigmoid*");
    }

    [Fact]
    public void An_output_of_another_input_size_is_a_fault() =>
        FluentActions.Invoking(() => Decode("""{"kind": "yolox"}""", 1, 0.3f, ("raw", Tensor.Create(new float[85 * 6], 1, 85, 6))))
            .Should().Throw<FaultException>().WithMessage("*[1,85,6], not [1,84,6]*");

    [Theory]
    [InlineData("""{"kind": "yolox"}""", new[] { 1, 84, 85 }, true)]
    [InlineData("""{"kind": "yolox"}""", new[] { 1, -1, 85 }, true)]
    [InlineData("""{"kind": "yolox"}""", new[] { 1, 84, 25 }, false)]
    [InlineData("""{"kind": "yolov5"}""", new[] { 1, 84, 85 }, true)]
    [InlineData("""{"kind": "yolov8"}""", new[] { 1, 84, 8400 }, true)]
    [InlineData("""{"kind": "yolov8"}""", new[] { 1, 8400, 84 }, false)]
    [InlineData("""{"kind": "fastestdet"}""", new[] { 1, 85, 22, 22 }, true)]
    [InlineData("""{"kind": "fastestdet"}""", new[] { 1, 84, 8400 }, false)]
    [InlineData("""{"kind": "yolov5", "heads": [{"output": "out", "stride": 8, "anchors": [1, 2, 3, 4, 5, 6]}]}""", new[] { 1, 255, 80, 80 }, true)]
    [InlineData("""{"kind": "yolov5", "heads": [{"output": "out", "stride": 8, "anchors": [1, 2, 3, 4, 5, 6]}]}""", new[] { 1, 3, 80, 80, 85 }, true)]
    [InlineData("""{"kind": "yolov5", "heads": [{"output": "out", "stride": 8, "anchors": [1, 2, 3, 4]}]}""", new[] { 1, 255, 80, 80 }, false)]
    [InlineData("""{"kind": "yolov8", "output": "other"}""", new[] { 1, 84, 8400 }, false)]
    public void Only_a_model_that_fits_has_no_fault(string settings, int[] shape, bool fits)
    {
        var faults = new FaultList();
        BoxDecoders.FromSettings(SettingsText.Parse(settings, faults)).CheckOutputs([new TensorPort("out", ElementType.Float32, [.. shape])], 80, "m.onnx", faults);
        faults.Count.Should().Be(fits ? 0 : 1);
    }

    [Fact]
    public void One_of_several_outputs_must_be_named()
    {
        ImmutableArray<TensorPort> ports = [new("a", ElementType.Float32, [1, 84, 6]), new("b", ElementType.Float32, [1, 84, 6])];
        var faults = new FaultList();
        BoxDecoders.FromSettings(SettingsText.Parse("""{"kind": "yolox"}""", faults)).CheckOutputs(ports, 1, "m.onnx", faults);
        faults.Count.Should().Be(1);
        BoxDecoders.FromSettings(SettingsText.Parse("""{"kind": "yolox", "output": "b"}""", faults)).CheckOutputs(ports, 1, "m.onnx", faults);
        faults.Count.Should().Be(1);
    }

    private static Candidates Decode(string settings, int classes, float threshold, params (string Name, Tensor Tensor)[] outputs) =>
        Decode(settings, classes, threshold, false, outputs);

    private static Candidates Decode(string settings, int classes, float threshold, bool everyClass, params (string Name, Tensor Tensor)[] outputs)
    {
        var faults = new FaultList();
        IBoxDecoder decoder = BoxDecoders.FromSettings(SettingsText.Parse(settings, faults));
        faults.ThrowIfAny();
        var candidates = new Candidates();
        decoder.Decode(outputs.ToDictionary(o => o.Name, o => o.Tensor), new DecodeRequest(Sample, Input64, classes, threshold, everyClass), candidates);
        return candidates;
    }

    private static void Row(float[] rows, int columns, int row, params float[] values) => values.CopyTo(rows, row * columns);

    private static float[] Corners(Candidates c, int row) => [c.Left[row], c.Top[row], c.Right[row], c.Bottom[row]];
}
