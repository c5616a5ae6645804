using Parity.Core;

namespace Parity.Suites.Tests.Metrics;

/// <summary>What must hold of every evaluation, whatever it measures.</summary>
internal static class MetricProperties
{
    /// <summary>Weights equal a dataset in which each sample stands that often, and the order of samples changes nothing: both bit for bit.</summary>
    /// <param name="create">A random sample of the id.</param>
    public static void Hold<T>(Func<string, Random, T> create, Func<T, string, T> renamed, Func<IEnumerable<T>, IEvaluation> evaluate)
    {
        var random = new Random(11);
        for (int round = 0; round < 20; round++)
        {
            T[] samples = [.. Enumerable.Range(1, 9).Select(i => create($"{i * 10}", random))];
            IEvaluation evaluation = evaluate(samples);
            int[] weights = [.. samples.Select(_ => random.Next(4))];

            Measure(evaluation, weights).Should().Equal(
                Measure(evaluate(samples.SelectMany((s, i) => Enumerable.Range(0, weights[i]).Select(c => renamed(s, $"{((i + 1) * 10) + c}"))))), "weights {0}", string.Join(' ', weights));

            random.Shuffle(samples);
            Measure(evaluate(samples)).Should().Equal(Measure(evaluation));
        }
        Measure(evaluate([])).Should().OnlyContain(v => double.IsNaN(v), "nothing measured is no value");
        T twice = create("1", random);
        FluentActions.Invoking(() => evaluate([twice, twice])).Should().Throw<FaultException>().WithMessage("*sample 1*");
    }

    public static double[] Measure(IEvaluation evaluation) => Measure(evaluation, [.. evaluation.SampleIds.Select(_ => 1)]);

    public static double[] Measure(IEvaluation evaluation, int[] weights)
    {
        var values = new double[evaluation.Kinds.Length];
        evaluation.Measure(weights, values);
        return values;
    }
}
