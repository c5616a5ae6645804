using BenchmarkDotNet.Attributes;
using Parity.Suites.Coco;

namespace Parity.Benchmarks.CocoEval;

/// <summary>The parts of coco-eval on the full-size problem of shared/perf, each warm: reading, matching, one measurement of all statistics.</summary>
public class CocoEvalBenchmarks
{
    private PerfFolder? _folder;
    private CocoGroundTruth? _truth;
    private CocoResults? _results;
    private CocoEvaluation? _evaluation;
    private int[] _once = [];
    private double[] _values = [];

    [Params(1, 2)]
    public int Threads { get; set; }

    [GlobalSetup]
    public void Read()
    {
        _folder = PerfFolder.Unpack() ?? throw new InvalidOperationException("shared/perf is absent, or the command xz: set PARITY_DATA to the folder that holds shared's real/ and perf/");
        _truth = ReadTruth();
        _results = ReadResults();
        _evaluation = Match();
        _once = [.. Enumerable.Repeat(1, _evaluation.SampleIds.Length)];
        _values = new double[_evaluation.Kinds.Length];
    }

    [GlobalCleanup]
    public void Close()
    {
        _truth!.Dispose();
        _results!.Dispose();
    }

    [Benchmark]
    public int Truth()
    {
        using CocoGroundTruth truth = ReadTruth();
        return truth.ObjectCount;
    }

    [Benchmark]
    public int Results()
    {
        using CocoResults results = ReadResults();
        return results.Count;
    }

    [Benchmark]
    public CocoEvaluation Match() => _truth!.Evaluate(_results!, CocoParameters.Default, Threads);

    [Benchmark]
    public double Measure()
    {
        _evaluation!.Measure(_once, _values);
        return _values[0];
    }

    [Benchmark]
    public double[][] MeasureCategories() => _evaluation!.MeasureCategories(Threads);

    private CocoGroundTruth ReadTruth() => CocoGroundTruth.Open(_folder!.File("gt_instances"), CocoShape.Box, KeypointSigmas.Coco);

    private CocoResults ReadResults() => CocoResults.Open(_folder!.File("dt_bbox_A"), CocoShape.Box, 0, Threads);
}
