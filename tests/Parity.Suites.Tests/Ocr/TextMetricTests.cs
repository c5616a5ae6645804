using Parity.Core;
using Parity.Suites.Ocr;
using Parity.Suites.Tests.Metrics;

namespace Parity.Suites.Tests.Ocr;

public class TextMetricTests
{
    [Fact]
    public void Rates_are_worked_by_hand()
    {
        // kitten/sitting: 3 edits, 6 labelled, 7 the longer; abc: exact.
        double[] values = Measure(new("1", "kitten", "sitting"), new("2", "abc", "abc"));
        values[0].Should().Be(0.5);
        values[1].Should().BeApproximately(3.0 / 9, 1e-15);
        values[2].Should().BeApproximately(((4.0 / 7) + 1) / 2, 1e-15);
    }

    [Fact]
    public void A_character_outside_the_basic_plane_is_one_and_accents_are_not_folded()
    {
        Measure(new TextSample("1", "a\U0001F600", "a"))[1].Should().Be(0.5);
        Measure(new TextSample("1", "\u00e9", "e\u0301"))[1].Should().Be(2, "one composed character was read as two");
    }

    [Fact]
    public void Empty_texts_have_no_error_rate_but_may_match()
    {
        Measure(new TextSample("1", "", "")).Should().Equal(1, double.NaN, 1);
        Measure(new TextSample("1", "", "x")).Should().Equal(0, double.NaN, 0);
        Measure(new TextSample("1", "xy", "")).Should().Equal(0, 1, 0);
    }

    [Fact]
    public void The_distance_is_that_of_the_definition_and_symmetric()
    {
        var random = new Random(1);
        for (int round = 0; round < 300; round++)
        {
            int[] a = Word(), b = Word();
            int distance = EditDistance.Between<int>(a, b);
            distance.Should().Be(Naive(a, b));
            EditDistance.Between<int>(b, a).Should().Be(distance);
        }

        int[] Word() => [.. Enumerable.Range(0, random.Next(7)).Select(_ => random.Next(3))];
    }

    [Fact]
    public void Weights_order_and_emptiness_hold() => MetricProperties.Hold(
        (id, random) => new TextSample(id, Text(random), Text(random)), (s, id) => s with { Id = id }, TextMetric.Evaluate);

    private static string Text(Random random) => new([.. Enumerable.Range(0, 1 + random.Next(6)).Select(_ => (char)('a' + random.Next(3)))]);

    private static int Naive(ReadOnlySpan<int> a, ReadOnlySpan<int> b) => a.IsEmpty ? b.Length : b.IsEmpty ? a.Length
        : Math.Min(Math.Min(Naive(a[1..], b), Naive(a, b[1..])) + 1, Naive(a[1..], b[1..]) + (a[0] == b[0] ? 0 : 1));

    private static double[] Measure(params TextSample[] samples) => MetricProperties.Measure(TextMetric.Evaluate(samples));
}
