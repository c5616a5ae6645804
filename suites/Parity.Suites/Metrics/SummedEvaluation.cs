using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Parity.Core;

namespace Parity.Suites.Metrics;

/// <summary>From the sums of the terms over all samples to the measurements; NaN where there is no value.</summary>
public delegate void MetricFormula(ReadOnlySpan<double> sums, Span<double> values);

/// <summary>
/// A metric that is a function of sums over samples: pixels per class, edits and characters, hits. Most metrics but average precision are.
/// </summary>
/// <remarks>
/// A sample of weight w is added w times, not multiplied: w times a rounded term is another number than its w-fold sum, and a weighted
/// evaluation must equal a literally duplicated dataset bit for bit. A bootstrap's weights sum to the number of samples, so it costs the same.
/// </remarks>
public sealed class SummedEvaluation : IEvaluation
{
    private readonly double[] _terms;
    private readonly int _count;
    private readonly MetricFormula _formula;
    private readonly ImmutableArray<SummedPart> _parts;

    /// <param name="termCount">Terms of every sample.</param>
    /// <param name="parts">Measurements that are of one class or size; none by default.</param>
    /// <exception cref="FaultException">A sample stands twice, or a term is not finite.</exception>
    public SummedEvaluation(ImmutableArray<MeasurementKind> kinds, int termCount, IEnumerable<SampleTerms> samples, MetricFormula formula, ImmutableArray<SummedPart> parts = default)
    {
        _parts = parts.IsDefault ? [] : parts;
        ImmutableArray<SampleTerms> ordered = SampleOrder.ById(samples, s => s.Id);
        Kinds = kinds;
        SampleIds = [.. ordered.Select(s => s.Id)];
        _count = termCount;
        _formula = formula;
        _terms = new double[checked(ordered.Length * termCount)];
        var faults = new FaultList();
        for (int s = 0; s < ordered.Length; s++)
        {
            ReadOnlySpan<double> terms = ordered[s].Terms.AsSpan();
            if (terms.Length != termCount)
                throw new ArgumentException($"sample {ordered[s].Id} has {terms.Length} terms instead of {termCount}");
            foreach (double term in terms)
            {
                if (!double.IsFinite(term))
                {
                    faults.Add($"what it adds to the metric is {term}", $"sample {ordered[s].Id}", "Repair the prediction or the ground truth.");
                    break;
                }
            }
            terms.CopyTo(_terms.AsSpan(s * termCount));
        }
        faults.ThrowIfAny();
    }

    public ImmutableArray<MeasurementKind> Kinds { get; }

    public ImmutableArray<string> SampleIds { get; }

    public void Measure(ReadOnlySpan<int> weights, Span<double> values)
    {
        if (weights.Length != SampleIds.Length || values.Length != Kinds.Length)
            throw new ArgumentException($"{weights.Length} weights and {values.Length} values for {SampleIds.Length} samples and {Kinds.Length} measurements");
        _formula(Sums(weights), values);
    }

    public Breakdown Breakdown()
    {
        var weights = new int[SampleIds.Length];
        Array.Fill(weights, 1);
        double[] sums = Sums(weights), values = new double[Kinds.Length];
        _formula(sums, values);
        return new Breakdown([.. _parts.Select(p => new MetricPart(p.By, p.Name, (long)sums[p.ItemsTerm], Measured(Kinds[p.Kind], values[p.Kind])))], []);
    }

    /// <summary>A quotient of sums; NaN, which is no value, where the divisor is 0.</summary>
    public static double Quotient(double dividend, double divisor) => divisor == 0 ? double.NaN : dividend / divisor;

    private Measurement Measured(MeasurementKind kind, double value) =>
        new(kind.Name, double.IsFinite(value) ? value : null, kind.Unit, kind.Direction, SampleIds.Length);

    private double[] Sums(ReadOnlySpan<int> weights)
    {
        var sums = new double[_count];
        for (int s = 0; s < weights.Length; s++)
        {
            for (int copy = 0; copy < weights[s]; copy++)
                Add(sums, _terms.AsSpan(s * _count, _count));
        }
        return sums;
    }

    private static void Add(Span<double> sums, ReadOnlySpan<double> terms)
    {
        // Each term has its own sum, so the result does not depend on the vector's width.
        Span<Vector<double>> wide = MemoryMarshal.Cast<double, Vector<double>>(sums);
        ReadOnlySpan<Vector<double>> wideTerms = MemoryMarshal.Cast<double, Vector<double>>(terms);
        for (int i = 0; i < wide.Length; i++)
            wide[i] += wideTerms[i];
        for (int i = wide.Length * Vector<double>.Count; i < sums.Length; i++)
            sums[i] += terms[i];
    }
}
