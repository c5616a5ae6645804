using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Advising;

/// <summary>
/// How far a model's outputs are from the float model's, over samples and over channels that all count alike. One figure over a whole output would be that of its largest numbers:
/// box coordinates would hide that every score beside them has become zero.
/// </summary>
public sealed class OutputError
{
    private readonly Dictionary<(string Output, int Channel), Sums> _channels = [];

    /// <summary>
    /// Mean over channels of e / (e + s), 0 to 1: e is the squared error, s the squared deviation of the float model's values from the channel's mean. Equal outputs give 0,
    /// a channel gone flat a half or more; not finite values give 1. NaN before anything was added.
    /// </summary>
    public double Value => _channels.Count == 0 ? double.NaN : _channels.Values.Average(c => c.Share);

    public void Add(IReadOnlyDictionary<string, Tensor> reference, IReadOnlyDictionary<string, Tensor> target)
    {
        foreach (var (name, expected) in reference)
            if (expected.HoldsReals)
                Add(name, expected, target[name]);
    }

    private void Add(string name, Tensor expected, Tensor actual)
    {
        var (extent, inner) = Channels(expected.Shape);
        ReadOnlySpan<float> r = expected.ToFloat32().Span<float>(), q = actual.ToFloat32().Span<float>();
        for (int c = 0; c < extent; c++)
        {
            if (!_channels.TryGetValue((name, c), out Sums? sums))
                _channels[(name, c)] = sums = new Sums();
            for (int block = c * inner; block < r.Length; block += extent * inner)
                for (int i = block; i < block + inner; i++)
                    sums.Add(r[i], q[i]);
        }
    }

    /// <summary>
    /// Which numbers are alike: of maps [N, channels, height, width] those of a channel, of rows of candidates [N, candidates, properties] (or the reverse) those of a property,
    /// which are fewer than candidates; else all.
    /// </summary>
    private static (int Extent, int Inner) Channels(ImmutableArray<int> shape) => shape switch
    {
        [_, var channels, var height, var width] => (channels, height * width),
        [_, var rows, var columns] => rows < columns ? (rows, columns) : (columns, 1),
        _ => (1, shape.Aggregate(1, (a, b) => a * b)),
    };

    private sealed class Sums
    {
        private long _count;
        private double _sum, _squares, _error;

        public double Share
        {
            get
            {
                double signal = Math.Max(0, _squares - _sum * _sum / Math.Max(1, _count));
                return _error == 0 ? 0 : double.IsFinite(_error) && double.IsFinite(signal) ? _error / (_error + signal) : 1;
            }
        }

        public void Add(float expected, float actual)
        {
            double difference = (double)expected - actual;
            _count++;
            _sum += expected;
            _squares += (double)expected * expected;
            _error += difference * difference;
        }
    }
}
