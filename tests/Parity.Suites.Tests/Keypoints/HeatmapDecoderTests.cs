using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;
using Parity.Suites.Keypoints;

namespace Parity.Suites.Tests.Keypoints;

public sealed class HeatmapDecoderTests
{
    private const int Width = 6, Height = 8;
    private static readonly Sample Sample = new("1", "1.jpg");

    /// <summary>An input of 24 x 32 for maps of 6 x 8: four pixels a cell; the picture is half as large and lies 2 pixels in.</summary>
    private static readonly Placement Doubled = new(2, 2, 2, 0, 100, 100, 24, 32);

    [Fact]
    public void A_peak_moves_a_quarter_cell_towards_its_greater_neighbours()
    {
        float[] map = Peak(3, 4);
        map[4 * Width + 4] = 0.5f; // right of it
        map[3 * Width + 3] = 0.4f; // above it
        Read(map).Should().Be(new JointPoint((float)((3.25 * 4 - 2) / 2), (float)(3.75 * 4 / 2), 1));
    }

    [Fact]
    public void Between_equal_neighbours_a_peak_stays() => Read(Peak(3, 4)).Should().Be(new JointPoint(5, 8, 1));

    [Theory]
    [InlineData(1, 4)]
    [InlineData(5, 4)]
    [InlineData(3, 1)]
    [InlineData(3, 7)]
    public void Near_the_edge_no_axis_moves(int x, int y)
    {
        float[] map = Peak(x, y);
        for (int i = 0; i < map.Length; i++)
            map[i] += i / 1000f;
        (Read(map).X, Read(map).Y).Should().Be(((x * 4 - 2) / 2f, y * 4 / 2f));
    }

    [Fact]
    public void The_first_of_equal_peaks_counts_and_none_is_the_first_cell()
    {
        float[] two = Peak(3, 2);
        two[5 * Width + 3] = 1;
        Read(two).Y.Should().Be(4);
        Read(new float[Width * Height]).Should().Be(new JointPoint(-1, 0, 0));
    }

    [Fact]
    public void Every_box_is_a_region_with_its_padding_and_scores_by_its_sure_joints()
    {
        ImmutableArray<DetectedBox> boxes = [new(10, 20, 30, 40, 0.8f, 0, 0), new(0, 0, 10, 10, 0.9f, 0, 1)];
        var stage = new TopDownStage(new HeatmapDecoder(new DecoderOutput(null), true), _ => boxes, 2, 1.25);
        stage.Regions(Sample)!.Value.Should().Equal(new PictureRegion(25, 40, 37.5, 50), new PictureRegion(5, 5, 12.5, 12.5));

        // Of the first box one joint is sure, of the second none.
        float[] sure = [.. Peak(3, 4), .. Peak(3, 4).Select(v => v * 0.1f)], unsure = [.. Peak(3, 4).Select(v => v * 0.2f), .. new float[Width * Height]];
        PosePrediction prediction = stage.Decode([Run(sure, 2), Run(unsure, 2)], Sample, explain: false);
        prediction.Poses.Select(p => p.Box).Should().Equal(boxes[0] with { Score = 0.8f, Candidate = 0 }, boxes[1] with { Score = 0, Candidate = 1 });
        prediction.Poses[0].Joints[1].Score.Should().Be(0.1f, "an unsure joint is kept as it is");
    }

    [Fact]
    public void A_sample_without_boxes_has_no_runs_and_no_poses()
    {
        var stage = new TopDownStage(new HeatmapDecoder(new DecoderOutput(null), true), _ => [], 2, 1.25);
        stage.Regions(Sample)!.Value.Should().BeEmpty();
        stage.Decode([], Sample, explain: false).Poses.Should().BeEmpty();
    }

    private static float[] Peak(int x, int y)
    {
        var map = new float[Width * Height];
        map[y * Width + x] = 1;
        return map;
    }

    private static JointPoint Read(float[] map) => new HeatmapDecoder(new DecoderOutput(null), true).Decode(Run(map, 1), Sample, 1).Single();

    private static ModelRun Run(float[] maps, int joints) => new(new Dictionary<string, Tensor> { ["o"] = Tensor.Create(maps, 1, joints, Height, Width) }, Doubled);
}
