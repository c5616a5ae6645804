using Parity.Core;
using Parity.Suites.Classification;
using Parity.Suites.Tests.Metrics;

namespace Parity.Suites.Tests.Classification;

public class ClassificationMetricTests
{
    [Fact]
    public void Ranks_are_worked_by_hand() =>
        Measure(new("1", 0, [6, 5, 4, 3, 2, 1]), new("2", 4, [6, 5, 4, 3, 2, 1]), new("3", 5, [6, 5, 4, 3, 2, 1]), new("4", 2, [0, 0, 9, 0, 0, 0]))
            .Should().Equal(0.5, 0.75);

    [Fact]
    public void Of_equal_scores_the_lower_index_ranks_first()
    {
        Measure(new ClassificationSample("1", 0, [1, 1, 1, 1, 1, 1])).Should().Equal(1, 1);
        Measure(new ClassificationSample("1", 1, [1, 1, 1, 1, 1, 1])).Should().Equal(0, 1);
        Measure(new ClassificationSample("1", 5, [1, 1, 1, 1, 1, 1])).Should().Equal(0, 0);
    }

    [Fact]
    public void Among_five_classes_the_best_five_are_no_value() => Measure(new ClassificationSample("1", 4, [1, 2, 3, 4, 5])).Should().Equal(1, double.NaN);

    [Fact]
    public void NaN_and_a_class_without_score_are_faults()
    {
        FluentActions.Invoking(() => Measure(new ClassificationSample("7", 0, [1, float.NaN]))).Should().Throw<FaultException>().WithMessage("*sample 7*");
        FluentActions.Invoking(() => Measure(new ClassificationSample("7", 2, [1, 2]))).Should().Throw<FaultException>().WithMessage("*sample 7*");
    }

    [Fact]
    public void Weights_order_and_emptiness_hold() => MetricProperties.Hold(
        (id, random) => new ClassificationSample(id, random.Next(8), [.. Enumerable.Range(0, 8).Select(_ => (float)random.Next(5))]),
        (s, id) => s with { Id = id }, ClassificationMetric.Evaluate);

    private static double[] Measure(params ClassificationSample[] samples) => MetricProperties.Measure(ClassificationMetric.Evaluate(samples));
}
