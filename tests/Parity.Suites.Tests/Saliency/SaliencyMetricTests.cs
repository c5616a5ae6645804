using Parity.Core;
using Parity.Suites.Saliency;
using Parity.Suites.Tests.Metrics;

namespace Parity.Suites.Tests.Saliency;

public class SaliencyMetricTests
{
    [Fact]
    public void Error_and_F_are_worked_by_hand()
    {
        // From .8 on: two found, one of them right, of two: precision and recall 1/2; at .4 recall 1 and precision 2/3.
        double[] values = Measure(new SaliencySample("1", [true, true, false, false], [0.8f, 0.4f, 0.8f, 0]));
        values[0].Should().BeApproximately((0.2 + 0.6 + 0.8) / 4, 1e-6);
        values[1].Should().BeApproximately(1.3 * (2.0 / 3) / ((0.3 * 2 / 3) + 1), 1e-12);
    }

    [Fact]
    public void The_best_threshold_is_found_as_by_trying_all_of_them()
    {
        var random = new Random(2);
        SaliencySample[] samples = [.. Enumerable.Range(0, 6).Select(i => Random($"{i}", random))];
        double best = 0;
        for (int t = 0; t < 256; t++)
        {
            double precision = 0, recall = 0;
            foreach (SaliencySample sample in samples)
            {
                bool[] found = [.. sample.Predicted.Select(p => Math.Round(p * 255.0) >= t)];
                double hits = found.Zip(sample.Truth).Count(p => p.First && p.Second);
                precision += hits == 0 ? 0 : hits / found.Count(f => f) / samples.Length;
                recall += hits / sample.Truth.Count(s => s) / samples.Length;
            }
            best = Math.Max(best, precision + recall == 0 ? 0 : 1.3 * precision * recall / ((0.3 * precision) + recall));
        }
        Measure(samples)[1].Should().BeApproximately(best, 1e-12);
    }

    [Fact]
    public void A_picture_without_salient_pixels_counts_for_the_error_only()
    {
        Measure(new SaliencySample("1", [false, false], [0.5f, 0])).Should().Equal(0.25, double.NaN);
        var found = new SaliencySample("2", [true, false], [1, 0]);
        Measure(found).Should().Equal(0, 1);
        Measure(found, new SaliencySample("1", [false, false], [0.5f, 0])).Should().Equal(0.125, 1);
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(1.5f)]
    [InlineData(-0.1f)]
    public void What_is_no_share_is_a_fault(float value) =>
        FluentActions.Invoking(() => Measure(new SaliencySample("7", [true], [value]))).Should().Throw<FaultException>().WithMessage("*sample 7*");

    [Fact]
    public void Weights_order_and_emptiness_hold() => MetricProperties.Hold(Random, (s, id) => s with { Id = id }, SaliencyMetric.Evaluate);

    private static SaliencySample Random(string id, Random random) => new(
        id, [true, .. Enumerable.Range(0, 40).Select(_ => random.Next(3) == 0)], [.. Enumerable.Range(0, 41).Select(_ => (float)random.NextDouble())]);

    private static double[] Measure(params SaliencySample[] samples) => MetricProperties.Measure(SaliencyMetric.Evaluate(samples));
}
