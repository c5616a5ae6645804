using Parity.Core;
using Parity.Suites.Metrics;

namespace Parity.Suites.Tests.Metrics;

public class SummedEvaluationTests
{
    [Fact]
    public void Rounded_terms_are_added_as_often_as_their_sample_stands() =>
        MetricProperties.Hold(
            (id, random) => new SampleTerms(id, [.. Enumerable.Range(0, 7).Select(_ => random.NextDouble())]), (s, id) => s with { Id = id },
            samples => new SummedEvaluation([.. Enumerable.Range(0, 7).Select(i => new MeasurementKind($"m{i}", "fraction", Direction.HigherIsBetter))], 7, samples,
                (sums, values) =>
                {
                    for (int i = 0; i < 7; i++)
                        values[i] = SummedEvaluation.Quotient(sums[i], sums.ToArray().Sum());
                }));

    [Fact]
    public void A_term_that_is_not_finite_is_a_fault_and_not_a_value() =>
        FluentActions.Invoking(() => new SummedEvaluation([], 1, [new("a", [double.NaN])], (_, _) => { })).Should().Throw<FaultException>().WithMessage("*sample a*");

    [Theory]
    [InlineData("traffic light", "traffic-light")]
    [InlineData("class_1.b/c", "class_1.b-c")]
    public void A_class_is_named_so_that_a_policy_can_write_it(string name, string word) => MeasurementName.Word(name).Should().Be(word);
}
