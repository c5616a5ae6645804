using Parity.Core;

namespace Parity.Suites.Metrics;

/// <summary>The first measurement of an evaluation.</summary>
internal static class Headline
{
    /// <summary>Over all samples, each once; null without a value.</summary>
    public static double? Of(IEvaluation evaluation)
    {
        var values = new double[evaluation.Kinds.Length];
        var ones = new int[evaluation.SampleIds.Length];
        Array.Fill(ones, 1);
        evaluation.Measure(ones, values);
        return double.IsFinite(values[0]) ? values[0] : null;
    }
}
