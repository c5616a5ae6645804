using BenchmarkDotNet.Attributes;
using Parity.Core;
using Parity.Engine.Comparing;

namespace Parity.Benchmarks.Comparing;

/// <summary>One tensor pair, in the cache and out of it.</summary>
public class ComparingBenchmarks
{
    private float[] _reference = [], _target = [];
    private QuantizationAccumulator? _accumulator;

    [Params(100_000, 25_000_000)]
    public int Elements { get; set; }

    [GlobalSetup]
    public void Fill()
    {
        (_reference, _target) = TensorPair.Create(Elements);
        _accumulator = TensorPair.Quantizer();
    }

    [Benchmark(Baseline = true)]
    public ulong Read() => MemoryRead.Best(_reference, _target);

    [Benchmark]
    public TensorDivergence Divergence() => TensorSums.Of(_reference, _target).ToDivergence();

    [Benchmark]
    public void QuantizerWithHistogram() => _accumulator!.Add(_reference, [Elements]);
}
