using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Geometry;
using Parity.Suites.Rotated;
using Parity.Suites.Tests.Metrics;

namespace Parity.Suites.Tests.Rotated;

public class RotatedEvaluationTests
{
    [Fact]
    public void Eleven_recalls_and_the_area_are_worked_by_hand()
    {
        // Hit, miss, hit of two: precision 1 to recall 1/2, then 2/3. Six of eleven recalls are at most .5.
        double[] values = Measure(Sample("1", [Label(0), Label(100)], [Found(0, 0.9), Found(50, 0.8), Found(100, 0.7)]));

        values[0].Should().BeApproximately((6 + (5 * 2.0 / 3)) / 11, 1e-12);
        values[1].Should().BeApproximately((1 + (2.0 / 3)) / 2, 1e-12);
        values[2].Should().Be(values[0]);
        values[3].Should().Be(double.NaN, "nothing of the class is labelled");
    }

    [Fact]
    public void A_difficult_label_is_neither_hit_nor_miss()
    {
        double[] values = Measure(Sample("1", [Label(0), Label(100) with { IsDifficult = true }], [Found(100, 0.9), Found(100, 0.8), Found(0, 0.7)]));
        values[1].Should().Be(1);
        Measure(Sample("1", [Label(0) with { IsDifficult = true }], [Found(0, 1)]))[0].Should().Be(double.NaN);
    }

    [Fact]
    public void The_second_detection_of_a_label_is_a_miss_even_beside_a_free_one()
    {
        // Both overlap the first label most, so the second detection does not fall back on the other label.
        RotatedLabel other = Label(0) with { Corners = new RotatedBox(4, 0, 10, 10, 0).Corners() };
        Measure(Sample("1", [Label(0), other], [Found(0, 0.9), Found(1, 0.8)]))[1].Should().Be(0.5);
    }

    [Fact]
    public void An_overlap_of_exactly_the_threshold_is_a_miss() =>
        Measure(Sample("1", [Label(0)], [new RotatedDetection(new RotatedBox(0, 0, 10, 5, 0).Corners(), 1, 0)]))[0].Should().Be(0);

    [Fact]
    public void Ties_make_one_point_so_their_order_changes_nothing()
    {
        RotatedSample hit = Sample("1", [Label(0)], [Found(0, 0.5)]), miss = Sample("2", [], [Found(0, 0.5)]);
        Measure(hit, miss)[1].Should().Be(0.5);
        Measure(hit with { Id = "2" }, miss with { Id = "1" })[1].Should().Be(0.5);
    }

    [Fact]
    public void Weights_order_and_emptiness_hold() => MetricProperties.Hold(Random, (s, id) => s with { Id = id }, Evaluate);

    [Fact]
    public void What_is_not_finite_or_of_no_class_is_a_fault() =>
        FluentActions.Invoking(() => Evaluate([Sample("7", [Label(double.NaN)], [Found(0, double.NaN), Found(0, 1) with { Category = 2 }])]))
            .Should().Throw<FaultException>().Which.Faults.Should().HaveCount(3).And.OnlyContain(f => f.Where.Contains("sample 7"));

    private static RotatedSample Random(string id, Random random) => Sample(id,
        [.. Enumerable.Range(0, random.Next(4)).Select(_ => Label(random.Next(5) * 6) with { Category = random.Next(2), IsDifficult = random.Next(4) == 0 })],
        [.. Enumerable.Range(0, random.Next(5)).Select(_ => Found((random.Next(5) * 6) + random.Next(3), random.Next(3) / 2.0) with { Category = random.Next(2) })]);

    private static RotatedEvaluation Evaluate(IEnumerable<RotatedSample> samples) => new(["plane", "large vehicle"], samples);

    private static double[] Measure(params RotatedSample[] samples) => MetricProperties.Measure(Evaluate(samples));

    private static RotatedSample Sample(string id, ImmutableArray<RotatedLabel> labels, ImmutableArray<RotatedDetection> detections) => new(id, labels, detections);

    private static RotatedLabel Label(double x) => new(new RotatedBox(x, 0, 10, 10, 0).Corners(), 0, false);

    private static RotatedDetection Found(double x, double score) => new(new RotatedBox(x, 0, 10, 10, 0).Corners(), score, 0);
}
