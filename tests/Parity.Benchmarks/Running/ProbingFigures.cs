using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;
using Parity.Lowering;

namespace Parity.Benchmarks.Running;

/// <summary>
/// What the divergence of all layers costs over the two tapped runs that it needs. Image work and the untapped runs that check the taps are not part of either
/// side and printed apart. Wall time counts, the best of the rounds, on however many cores there are; CPU time of all threads is printed beside it. Memory is what the runs grow by once all sessions are open, the runtime's own work space included, against the
/// tensors of one picture, both sides' and codes as codes, and 64 MB.
/// </summary>
internal static class ProbingFigures
{
    private const double LayersLimit = 1.15, HistogramsLimit = 1.7, IsolatedLimit = 1.75, MemoryLimitMegabytes = 64;
    private const int Samples = 6;

    /// <returns>0 when all ratios and the memory are within their limits.</returns>
    public static int Print(TextWriter output, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("parity-probing-").FullName;
        string model = Path.Combine(folder, "yolov5s.onnx");
        Yolov5sModel.Write(model);
        string yoloxText = File.ReadAllText(SharedSuite.YoloxNano).Replace("  - tensorrt\n", "  - tensorrt\n  - rk1808\n");
        Suite[] suites = [SuiteReader.Parse(yoloxText, "yolox.yaml", SharedSuite.Data, [], Samples, Composition.Parts), SharedSuite.Yolov5s(model, Samples, "tensorrt", "rk1808")];
        output.WriteLine($"divergence of all layers, {Samples} pictures, against the two tapped runs; {CpuClock.Load()}");
        bool met = true;
        foreach (Suite suite in suites)
        {
            foreach (TargetRequest target in suite.Targets)
            {
                (LoweringResult lowered, string path, _) = TargetModels.Prepare(suite, target, Composition.Backends[0], Path.Combine(folder, suite.Name, target.Name), null, new Silent(), default);
                met &= Print(output, suite, target.Name, "layers", LayersLimit, path, lowered with { Qdq = [] }, Isolation.None, rounds, out double layers);
                met &= Print(output, suite, target.Name, "with histograms", HistogramsLimit, path, lowered, Isolation.None, rounds, out _);
                // Q/DQ stay in the model, and no quantizer is counted beside the layers.
                LoweringResult weightsOnly = lowered with { Qdq = [.. lowered.Qdq.Where(q => q.Kind == "weight")] };
                met &= Print(output, suite, target.Name, "isolated too", layers + IsolatedLimit, path, weightsOnly, Isolation.WeightsApart, rounds, out double all);
                output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {suite.Name,-18} {target.Name,-8} isolated alone  ratio {all - layers:F3} by wall, limit {IsolatedLimit:F2}"));
            }
        }
        Directory.Delete(folder, recursive: true);
        return met ? 0 : 1;
    }

    private static bool Print(TextWriter output, Suite suite, string target, string what, double limit, string path, LoweringResult lowered, Isolation isolation, int rounds, out double bestWall)
    {
        var backend = new ClockedBackend(Composition.Backends[0]);
        var request = new SessionRequest(path, suite.Preprocessor.Contract, []);
        using ISession reference = backend.Open(request with { ModelPath = suite.ModelPath });
        using ISession untapped = backend.Open(request);
        // What the untapped sessions keep between runs is not the probe's.
        Tensor first = suite.Preprocessor.Prepare(suite.Dataset.Read(suite.Dataset.Samples[0]), suite.Preprocessor.Contract).Tensor;
        double checksAlone = ChecksAlone(backend, reference, untapped, first);
        double images = ImageWork(suite);
        bestWall = double.PositiveInfinity;
        double best = double.PositiveInfinity, tapped = 0, checks = 0, megabytes = 0, grown = 0;
        for (int round = 0; round < rounds; round++)
        {
            double cpu = 0, wall = 0;
            long start = 0;
            PeakMemory? peak = null;
            // The first sample writes to every page for the first time and compiles the code: it is left out.
            var observer = new Silent(
                _ => peak = new PeakMemory(),
                (_, done) =>
                {
                    if (done == 1)
                    {
                        backend.Tapped.Reset();
                        backend.Untapped.Reset();
                        backend.Shadow.Reset();
                        (cpu, start) = (CpuClock.Process(), Stopwatch.GetTimestamp());
                    }
                    else if (done == Samples)
                    {
                        (cpu, wall) = (CpuClock.Process() - cpu, Stopwatch.GetElapsedTime(start).TotalSeconds);
                    }
                });
            new ProbeRun(ProbeInputs.Of(suite), backend, backend, observer).Run(target, reference, suite.ModelPath, untapped, path, true, lowered, isolation, [.. Enumerable.Range(0, Samples)], default);
            double top = peak!.Growth;
            double ratio = (cpu - backend.Untapped.Cpu - images) / backend.Tapped.Cpu;
            if (ratio < best)
                (best, tapped, checks) = (ratio, backend.Tapped.Cpu, backend.Untapped.Cpu);
            bestWall = Math.Min(bestWall, (wall - (Samples - 1) * checksAlone - images) / backend.Tapped.Wall);
            megabytes = backend.Tapped.Bytes / 1e6 / (Samples - 1);
            grown = Math.Max(grown, top / 1e6);
        }
        int n = Samples - 1;
        double alone = TappedRunsAlone(suite, backend.TappedRequests[..2]) / 1e6;
        // The shadow's tensors are tensors of the picture too.
        megabytes += backend.Shadow.Bytes / 1e6 / (Samples - 1);
        double memoryLimit = megabytes + MemoryLimitMegabytes;
        bool met = bestWall <= limit && grown <= memoryLimit;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {suite.Name,-18} {target,-8} {what,-15} ratio {bestWall:F3} by wall, {best:F3} by CPU of all threads, limit {limit:F2} by wall; tapped runs {tapped / n * 1e3:F1} ms, untapped checks {checks / n * 1e3:F1} ms, images {images / n * 1e3:F1} ms; "
            + $"{lowered.Map.Rows.Length} layers, tensors of one picture {megabytes:F1} MB; memory grows by {grown:F1} MB, by {alone:F1} MB with the tapped runs alone, so {grown - alone:F1} MB for comparing, limit of the whole {memoryLimit:F0}: {(met ? "met" : "NOT MET")}; {CpuClock.Load()}"));
        return met;
    }

    /// <summary>What the runtime and one picture's tensors take without any comparison; bytes.</summary>
    private static double TappedRunsAlone(Suite suite, List<SessionRequest> requests)
    {
        var peak = new PeakMemory();
        var sessions = requests.Select(Composition.Backends[0].Open).ToList();
        foreach (Sample sample in suite.Dataset.Samples)
        {
            Tensor input = suite.Preprocessor.Prepare(suite.Dataset.Read(sample), suite.Preprocessor.Contract).Tensor;
            sessions.ForEach(s => s.Run(input));
        }
        double growth = peak.Growth;
        sessions.ForEach(s => s.Dispose());
        return growth;
    }

    /// <summary>Wall time of both untapped runs with nothing beside them, the best of several: what comparing beside them takes from them is comparing's. Their memory plan is made in the first run and kept from the second; s.</summary>
    private static double ChecksAlone(ClockedBackend backend, ISession reference, ISession untapped, Tensor input)
    {
        double best = double.PositiveInfinity;
        for (int round = 0; round < 6; round++)
        {
            backend.Untapped.Reset();
            reference.Run(input);
            untapped.Run(input);
            best = Math.Min(best, backend.Untapped.Wall);
        }
        return best;
    }

    /// <summary>CPU of decoding and preparing all samples but the first, once for both sides, whose inputs are alike; s.</summary>
    private static double ImageWork(Suite suite)
    {
        double best = double.PositiveInfinity;
        for (int round = 0; round < 4; round++)
        {
            double start = CpuClock.Thread();
            foreach (Sample sample in suite.Dataset.Samples.Skip(1))
            {
                Picture picture = suite.Dataset.Read(sample);
                suite.Preprocessor.Prepare(picture, suite.Preprocessor.Contract);
            }
            best = Math.Min(best, CpuClock.Thread() - start);
        }
        return best;
    }
}
