using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Metrics;

namespace Parity.Suites.Ocr;

/// <summary>
/// Text recognition over code points: share of texts read exactly; character error rate, all edits over all labelled characters, which may
/// exceed 1; and 1 - N.E.D. of ICDAR 2019, 1 less the mean over texts of edits over the longer length.
/// </summary>
public static class TextMetric
{
    /// <exception cref="FaultException">A sample twice.</exception>
    public static IEvaluation Evaluate(IEnumerable<TextSample> samples) => new SummedEvaluation(
        [
            new("text/exact-match", "fraction", Direction.HigherIsBetter),
            new("text/CER", "fraction", Direction.LowerIsBetter),
            new("text/1-NED", "fraction", Direction.HigherIsBetter),
        ],
        5, samples.Select(s => new SampleTerms(s.Id, Terms(s))), (sums, values) =>
        {
            values[0] = SummedEvaluation.Quotient(sums[1], sums[0]);
            values[1] = SummedEvaluation.Quotient(sums[2], sums[3]);
            values[2] = SummedEvaluation.Quotient(sums[4], sums[0]);
        });

    /// <summary>Texts, exact ones, edits, labelled characters, similarities.</summary>
    private static ImmutableArray<double> Terms(TextSample sample)
    {
        ImmutableArray<int> truth = CodePoints.Of(sample.Truth), predicted = CodePoints.Of(sample.Predicted);
        int edits = EditDistance.Between(truth.AsSpan(), predicted.AsSpan()), longer = Math.Max(truth.Length, predicted.Length);
        return [1, edits == 0 ? 1 : 0, edits, truth.Length, longer == 0 ? 1 : 1 - ((double)edits / longer)];
    }
}
