using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Metrics;

/// <summary>Several metrics of the same predictions, from one run of the model: their measurements one after the other, the first one's headline first.</summary>
public sealed class JoinedEvaluation : IEvaluation
{
    private readonly ImmutableArray<IEvaluation> _parts;

    /// <exception cref="ArgumentException">The parts are not of the same samples in the same order.</exception>
    public JoinedEvaluation(params ImmutableArray<IEvaluation> parts)
    {
        if (parts.IsEmpty || parts.Any(p => !p.SampleIds.SequenceEqual(parts[0].SampleIds)))
            throw new ArgumentException("evaluations of different samples cannot be joined");
        _parts = parts;
        Kinds = [.. parts.SelectMany(p => p.Kinds)];
    }

    public ImmutableArray<MeasurementKind> Kinds { get; }

    public ImmutableArray<string> SampleIds => _parts[0].SampleIds;

    public void Measure(ReadOnlySpan<int> weights, Span<double> values)
    {
        foreach (IEvaluation part in _parts)
        {
            part.Measure(weights, values[..part.Kinds.Length]);
            values = values[part.Kinds.Length..];
        }
    }

    public Breakdown Breakdown()
    {
        ImmutableArray<Breakdown> parts = [.. _parts.Select(p => p.Breakdown())];
        return new Breakdown([.. parts.SelectMany(p => p.Parts)], [.. parts.SelectMany(p => p.Curves)]);
    }
}
