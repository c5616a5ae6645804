using System.Collections.Immutable;
using Parity.Core;
using Parity.Engine.Comparing;

namespace Parity.Engine.Measuring;

/// <summary>Outputs of tapped runs against untapped ones (convention 13), output by output.</summary>
public sealed class TapComparison
{
    private readonly Dictionary<(string Session, string Output), (int Samples, int Equal, double MaxAbs, bool Finite)> _seen = [];
    private readonly List<(string, string)> _order = [];

    public void Add(string session, ImmutableArray<TensorPort> outputs, IReadOnlyDictionary<string, Tensor> untapped, IReadOnlyDictionary<string, Tensor> tapped)
    {
        foreach (TensorPort output in outputs)
        {
            var key = (session, output.Name);
            if (!_seen.TryGetValue(key, out var seen))
            {
                _order.Add(key);
                seen = (0, 0, 0, true);
            }

            Tensor a = untapped[output.Name];
            Tensor b = tapped[output.Name];
            if (a.Bytes().SequenceEqual(b.Bytes()))
            {
                _seen[key] = seen with { Samples = seen.Samples + 1, Equal = seen.Equal + 1 };
                continue;
            }

            double? difference = a.Type == ElementType.Float32 && b.Type == ElementType.Float32 && a.Count == b.Count
                ? TensorSums.Of(a, b).ToDivergence().MaxAbs
                : null;
            _seen[key] = (seen.Samples + 1, seen.Equal, Math.Max(seen.MaxAbs, difference ?? 0), seen.Finite && difference is not null);
        }
    }

    public ImmutableArray<TapCheck> ToChecks() =>
        [.. _order.Select(key => (Key: key, Seen: _seen[key])).Select(c => new TapCheck(c.Key.Item1, c.Key.Item2, c.Seen.Samples, c.Seen.Equal, c.Seen.Finite ? c.Seen.MaxAbs : null))];
}
