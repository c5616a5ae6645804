using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Comparing;
using Parity.Lowering;

namespace Parity.Engine.Measuring;

/// <summary>Answers which pairs of tensors have alike values, by running both models on a few pictures.</summary>
/// <param name="recorded">Whether the target is a recording, of which some have no shapes.</param>
internal sealed class PairValues(ComparisonRequest request, string targetPath, ImmutableArray<string> inputs, bool recorded)
{
    /// <summary>See <see cref="PairCheck.Agreement"/>.</summary>
    /// <exception cref="FaultException">A model cannot be tapped, or a picture cannot be read.</exception>
    public IReadOnlyDictionary<(string Reference, string Target), double> Of(IReadOnlyCollection<(string Reference, string Target)> pairs)
    {
        var best = new Dictionary<(string, string), double>();
        if (pairs.Count == 0)
            return best;
        using ISession reference = Open(request.ReferenceBackend, request.ReferencePath, pairs.Select(p => p.Reference));
        using ISession target = Open(request.TargetBackend, targetPath, pairs.Select(p => p.Target));
        for (int i = 0; i < Math.Min(request.Dataset.Samples.Length, ComparisonRequest.CheckedSamples); i++)
        {
            Sample sample = request.Dataset.Samples[i];
            Picture picture = request.Dataset.Read(sample);
            var left = reference.Run(request.Preprocessor.Prepare(picture, reference.Input).Tensor, sample, i);
            var right = target.Run(request.Preprocessor.Prepare(picture, target.Input).Tensor, sample, i);
            foreach (var pair in pairs)
            {
                if (left.TryGetValue(pair.Reference, out Tensor? a) && right.TryGetValue(pair.Target, out Tensor? b) && a.HoldsReals && b.HoldsReals
                    && (a.Shape.SequenceEqual(b.Shape) || (b.Shape.Length == 1 && a.Count == b.Count && recorded)) && TensorSums.Of(a, b).ToDivergence().Cosine is { } cosine)
                    best[pair] = Math.Max(cosine, best.GetValueOrDefault(pair, -1));
            }
        }
        return best;
    }

    private ISession Open(IBackend backend, string path, IEnumerable<string> taps) => backend.Open(new SessionRequest(
        path, request.Preprocessor.Contract, [.. taps.Except(inputs).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)], Optimize: true, request.Threads, ReusesTensors: true));
}
