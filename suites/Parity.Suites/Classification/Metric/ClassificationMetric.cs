using Parity.Core;
using Parity.Suites.Metrics;

namespace Parity.Suites.Classification;

/// <summary>
/// Share of pictures whose class is the best, and among the best five. Of equal scores the lower index ranks first, as in argmax and a stable
/// sort; with five classes or fewer everything is among the best five, which is no value.
/// </summary>
public static class ClassificationMetric
{
    private const int Few = 5;

    /// <exception cref="FaultException">NaN or infinity among the scores, a label without a score, or a sample twice.</exception>
    public static IEvaluation Evaluate(IEnumerable<ClassificationSample> samples) => new SummedEvaluation(
        [new("top-1", "fraction", Direction.HigherIsBetter), new("top-5", "fraction", Direction.HigherIsBetter)],
        4,
        samples.Select(s => new SampleTerms(s.Id, s.Scores.Length > Few ? [1, Among(s, 1), 1, Among(s, Few)] : [1, Among(s, 1), 0, 0])),
        (sums, values) =>
        {
            values[0] = SummedEvaluation.Quotient(sums[1], sums[0]);
            values[1] = SummedEvaluation.Quotient(sums[3], sums[2]);
        });

    private static double Among(ClassificationSample sample, int best) => Rank(sample) < best ? 1 : 0;

    /// <summary>How many classes stand before the labelled one.</summary>
    private static int Rank(ClassificationSample sample)
    {
        ReadOnlySpan<float> scores = sample.Scores.AsSpan();
        if (sample.Label < 0 || sample.Label >= scores.Length)
            throw new FaultException($"class {sample.Label} is labelled, {scores.Length} have scores", $"sample {sample.Id}", "Map the labels to the model's classes.");
        float own = scores[sample.Label];
        int rank = 0;
        for (int c = 0; c < scores.Length; c++)
        {
            if (!float.IsFinite(scores[c]))
                throw new FaultException($"the score of class {c} is not a finite number", $"sample {sample.Id}", "Repair the model, or look for an overflow in its layers.");
            if (scores[c] > own || (scores[c] == own && c < sample.Label))
                rank++;
        }
        return rank;
    }
}
