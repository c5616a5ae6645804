using System.Collections.Immutable;
using System.Globalization;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;
using Parity.Lowering;

namespace Parity.Benchmarks.Running;

/// <summary>
/// What emulating a target's Q/DQ in float costs over the float model itself, both without the runtime's graph optimisation, on one thread of one process. The runs
/// alternate; CPU time of the thread counts, the best of the rounds.
/// </summary>
internal static class EmulationFigures
{
    private const double Limit = 1.25;
    private const int Pictures = 2;

    /// <returns>0 when every target is within the limit.</returns>
    /// <param name="options">--rounds N, --keep FOLDER of the models, then names of targets; without names all that quantize.</param>
    public static int Print(TextWriter output, ImmutableArray<string> options)
    {
        int rounds = int.Parse(Value(ref options, "--rounds") ?? "3", CultureInfo.InvariantCulture);
        string? kept = Value(ref options, "--keep");
        string folder = kept ?? Directory.CreateTempSubdirectory("parity-emulation-").FullName;
        Directory.CreateDirectory(folder);
        string model = Path.Combine(folder, "yolov5s.onnx");
        Yolov5sModel.Write(model);
        IEnumerable<string> targets = options.IsEmpty ? TargetProfiles.All.Where(p => p.Quantization is not null).Select(p => p.Name) : options;
        Suite suite = SharedSuite.Yolov5s(model, Pictures, [.. targets]);
        Tensor input = suite.Preprocessor.Prepare(suite.Dataset.Read(suite.Dataset.Samples[0]), suite.Preprocessor.Contract).Tensor;
        output.WriteLine($"float emulation against the unfused float model, YOLOv5s-shaped, one thread; {CpuClock.Load()}");
        using ISession reference = Open(suite, model);
        bool met = true;
        foreach (TargetRequest target in suite.Targets)
        {
            (_, string path, _) = TargetModels.Prepare(suite, target, Composition.Backends[0], Path.Combine(folder, target.Name), null, new Silent(), default);
            using ISession emulated = Open(suite, path);
            double real = double.PositiveInfinity, emulation = double.PositiveInfinity;
            for (int round = 0; round <= rounds; round++)
            {
                (double a, double b) = (Seconds(reference, input), Seconds(emulated, input));
                // The first run of a session allocates.
                if (round > 0)
                    (real, emulation) = (Math.Min(real, a), Math.Min(emulation, b));
            }
            double ratio = emulation / real;
            met &= ratio <= Limit;
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  {target.Name}: float {real * 1000:0} ms, emulated {emulation * 1000:0} ms, ratio {ratio:0.000} (at most {Limit}) {(ratio <= Limit ? "met" : "MISSED")}"));
        }
        if (kept is null)
            Directory.Delete(folder, recursive: true);
        return met ? 0 : 1;
    }

    /// <summary>The word behind a key, both taken out.</summary>
    private static string? Value(ref ImmutableArray<string> options, string key)
    {
        int at = options.IndexOf(key);
        string? value = at < 0 ? null : options[at + 1];
        options = at < 0 ? options : options.RemoveRange(at, 2);
        return value;
    }

    private static ISession Open(Suite suite, string path) =>
        Composition.Backends[0].Open(new SessionRequest(path, suite.Preprocessor.Contract, [], Optimize: false, Threads: 1));

    private static double Seconds(ISession session, Tensor input)
    {
        double start = CpuClock.Thread();
        session.Run(input);
        return CpuClock.Thread() - start;
    }
}
