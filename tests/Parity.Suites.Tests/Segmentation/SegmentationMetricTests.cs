using Parity.Core;
using Parity.Suites.Imaging;
using Parity.Suites.Segmentation;
using Parity.Suites.Tests.Metrics;

namespace Parity.Suites.Tests.Segmentation;

public class SegmentationMetricTests
{
    private const byte Ignored = IClassMaps.Ignored;

    [Fact]
    public void Overlaps_are_worked_by_hand_over_all_pictures_together()
    {
        double[] values = Measure(2, new("1", Map("0011"), Map("0111")), new("2", Map("1111"), Map("1100")));
        // Class 0: 1 shared of 2 labelled and 3 predicted; class 1: 4 of 6 and 5.
        values[3].Should().Be(1.0 / 4);
        values[4].Should().Be(4.0 / 7);
        values[0].Should().BeApproximately((1.0 / 4 + 4.0 / 7) / 2, 1e-15);
        values[1].Should().Be(5.0 / 8);
    }

    [Fact]
    public void Its_parts_are_the_classes_with_the_pixels_that_are_labelled() =>
        SegmentationMetric.Evaluate(["rest", "big cat"], [new("1", Map("0011"), Map("0111")), new("2", Map("1111"), Map("1100"))]).Breakdown().Parts
            .Select(p => (p.By, p.Name, p.Items, p.Measured.Name, p.Measured.Value)).Should().Equal(
                ("class", "rest", 2L, "semantic/IoU/rest", 1.0 / 4), ("class", "big cat", 6L, "semantic/IoU/big-cat", 4.0 / 7));

    [Fact]
    public void A_class_without_a_labelled_pixel_has_no_value_and_is_in_no_mean()
    {
        double[] values = Measure(3, new SegmentationSample("1", Map("0011"), Map("0012")));
        values[5].Should().Be(double.NaN);
        values[0].Should().Be(0.75, "class 0 is whole, class 1 half");
        Measure(2, new SegmentationSample("1", Map("xx"), Map("01"))).Should().OnlyContain(v => double.IsNaN(v));
    }

    [Fact]
    public void Ignored_pixels_count_nowhere_whatever_is_predicted_on_them()
    {
        double[] one = Measure(2, new SegmentationSample("1", Map("0x11"), Map("0111")));
        one.Should().Equal(Measure(2, new SegmentationSample("1", Map("0x11"), Map("0011"))));
        one[0].Should().Be(1);
        one[2].Should().Be(1);
    }

    [Fact]
    public void Maps_of_other_sizes_are_a_fault() =>
        FluentActions.Invoking(() => Measure(2, new SegmentationSample("7", Map("01"), Map("011")))).Should().Throw<FaultException>().WithMessage("*sample 7*");

    [Fact]
    public void Weights_order_and_emptiness_hold() => MetricProperties.Hold(
        (id, random) => new SegmentationSample(id, Random(random, 3, ignoring: true), Random(random, 3, ignoring: false)), (s, id) => s with { Id = id },
        samples => SegmentationMetric.Evaluate(["a", "b", "c"], samples));

    [Fact]
    public void Boundary_regions_are_those_that_the_papers_code_erodes()
    {
        // mask_to_boundary of boundary-iou-api: a border of one zero, one 3 x 3 erosion a pixel of distance, the mask less what is left.
        var random = new Random(9);
        LabelMap[] maps = [.. Enumerable.Range(0, 30).Select(i => Blobs(random, 20 + random.Next(150), 20 + random.Next(90)))];
        double[] expected = PythonOracle.Run(
            """
            at = 0
            while at < len(given):
                w, h = int(given[at]), int(given[at + 1])
                m = given[at + 2:at + 2 + w * h].reshape(h, w)
                at += 2 + w * h
                d = max(1, int(round(0.02 * np.sqrt(h ** 2 + w ** 2))))
                region = np.zeros((h, w))
                for c in range(3):
                    mask = (m == c).astype(np.uint8)
                    eroded = cv2.erode(cv2.copyMakeBorder(mask, 1, 1, 1, 1, cv2.BORDER_CONSTANT, value=0), np.ones((3, 3), np.uint8), iterations=d)
                    region += mask - eroded[1:h + 1, 1:w + 1]
                found.append(d)
                found.extend(region.ravel())
            """, maps.SelectMany(m => m.Values.Select(v => (double)v).Prepend(m.Height).Prepend(m.Width)));

        IEnumerable<double> own = maps.SelectMany(m =>
        {
            int distance = MaskBoundary.Distance(m.Width, m.Height);
            return MaskBoundary.Of(m, distance).Select(b => b ? 1.0 : 0).Prepend(distance);
        });
        own.Should().Equal(expected);
        maps.Select(m => MaskBoundary.Distance(m.Width, m.Height)).Distinct().Count().Should().BeGreaterThan(2);
    }

    [Fact]
    public void Boundary_overlap_is_harder_than_overlap_and_perfect_for_equal_maps()
    {
        var random = new Random(5);
        LabelMap map = Blobs(random, 120, 90);
        Measure(3, new SegmentationSample("1", map, map)).Should().OnlyContain(v => v == 1);
        var shifted = new LabelMap(120, 90, [.. map.Values.Skip(3), .. map.Values.Take(3)]);
        double[] values = Measure(3, new SegmentationSample("1", map, shifted));
        values[2].Should().BeLessThan(values[0]);
    }

    /// <summary>One row; x is ignored.</summary>
    private static LabelMap Map(string row) => new(row.Length, 1, [.. row.Select(c => c == 'x' ? Ignored : (byte)(c - '0'))]);

    private static LabelMap Random(Random random, int classes, bool ignoring) =>
        new(8, 5, [.. Enumerable.Range(0, 40).Select(_ => ignoring && random.Next(6) == 0 ? Ignored : (byte)random.Next(classes))]);

    private static LabelMap Blobs(Random random, int width, int height)
    {
        var values = new byte[width * height];
        for (int blob = 0; blob < 6; blob++)
        {
            (int left, int top, int side) = (random.Next(width), random.Next(height), 3 + random.Next(40));
            for (int y = top; y < Math.Min(height, top + side); y++)
                values.AsSpan((y * width) + left, Math.Min(side, width - left)).Fill((byte)(blob % 3));
        }
        return new LabelMap(width, height, values);
    }

    private static double[] Measure(int classes, params SegmentationSample[] samples) =>
        MetricProperties.Measure(SegmentationMetric.Evaluate([.. Enumerable.Range(0, classes).Select(c => $"c{c}")], samples));
}
