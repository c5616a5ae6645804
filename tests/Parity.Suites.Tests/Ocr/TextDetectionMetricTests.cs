using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Geometry;
using Parity.Suites.Ocr;
using Parity.Suites.Tests.Metrics;

namespace Parity.Suites.Tests.Ocr;

public class TextDetectionMetricTests
{
    [Fact]
    public void Hmean_is_worked_by_hand() =>
        // One of two regions found, by one of three detections.
        Measure(new TextDetectionSample("1", [Region(0), Region(100)], [Box(0), Box(50), Box(200)])).Should().Equal(2.0 / 5, 1.0 / 3, 0.5);

    [Fact]
    public void What_lies_in_a_dont_care_region_does_not_count()
    {
        TextRegion unreadable = Region(100) with { IsDontCare = true };
        Measure(new TextDetectionSample("1", [Region(0), unreadable], [Box(0), Box(104)])).Should().Equal(1, 1, 1);
        Measure(new TextDetectionSample("1", [Region(0), unreadable], [Box(0), Box(105)])).Should().Equal([2.0 / 3, 0.5, 1], "half of its area is not more than half");
        Measure(new TextDetectionSample("1", [unreadable], [Box(100)])).Should().OnlyContain(v => double.IsNaN(v));
    }

    [Fact]
    public void A_region_takes_one_detection_and_an_overlap_of_half_is_too_little()
    {
        Measure(new TextDetectionSample("1", [Region(0)], [Box(0), Box(1)])).Should().Equal(2.0 / 3, 0.5, 1);
        ImmutableArray<Point> half = [new(0, 0), new(5, 0), new(5, 10), new(0, 10)];
        Measure(new TextDetectionSample("1", [Region(0)], [half]))[0].Should().Be(0);
    }

    [Fact]
    public void Without_detections_only_precision_has_no_value() =>
        Measure(new TextDetectionSample("1", [Region(0)], [])).Should().Equal(0, double.NaN, 0);

    [Fact]
    public void A_corner_that_is_not_finite_is_a_fault() =>
        FluentActions.Invoking(() => Measure(new TextDetectionSample("7", [], [Box(double.NaN)]))).Should().Throw<FaultException>().WithMessage("*sample 7*");

    [Fact]
    public void Weights_order_and_emptiness_hold() => MetricProperties.Hold(
        (id, random) => new TextDetectionSample(id,
            [.. Enumerable.Range(0, random.Next(4)).Select(_ => Region(random.Next(6) * 5) with { IsDontCare = random.Next(4) == 0 })],
            [.. Enumerable.Range(0, random.Next(4)).Select(_ => Box(random.Next(30)))]),
        (s, id) => s with { Id = id }, TextDetectionMetric.Evaluate);

    private static TextRegion Region(double x) => new(Box(x), false);

    private static ImmutableArray<Point> Box(double x) => [new(x, 0), new(x + 10, 0), new(x + 10, 10), new(x, 10)];

    private static double[] Measure(params TextDetectionSample[] samples) => MetricProperties.Measure(TextDetectionMetric.Evaluate(samples));
}
