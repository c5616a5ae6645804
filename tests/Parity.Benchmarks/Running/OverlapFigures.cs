using System.Globalization;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Runs;
using Parity.Engine.Suites;

namespace Parity.Benchmarks.Running;

/// <summary>
/// Wall clock of the loop over samples against the summed Run of both models: image work and the decoding of outputs overlap it. A loop a round
/// in one process, so the first also shows what starting costs; the best of the ratios counts.
/// </summary>
internal static class OverlapFigures
{
    private const double Limit = 1.10;

    /// <returns>0 when the best ratio is within the limit.</returns>
    public static int Print(TextWriter output, int rounds)
    {
        Suite suite = SharedSuite.Read(SharedSuite.YoloxNano);
        string folder = Directory.CreateTempSubdirectory("parity-overlap-").FullName;
        var backend = new ClockedBackend(Composition.Backends[0]);
        using ISession reference = backend.Open(Request(suite.ModelPath));
        string path = TargetModels.Prepare(suite, suite.Targets[0], backend, folder, null, new Silent(), default).Path;
        using ISession target = backend.Open(Request(path));
        output.WriteLine($"{suite.Name} with {suite.Targets[0].Name}, {suite.Dataset.Samples.Length} pictures, wall against summed Run; {CpuClock.Load()}");
        double best = double.PositiveInfinity;
        for (int round = 0; round < rounds; round++)
        {
            backend.Untapped.Reset();
            using Journal journal = Journal.Open(new RunFolder(Path.Combine(folder, "run")).Journal, "overlap", suite.Task, resume: false);
            var loop = new SampleLoop(suite, [new(NamedSession.Reference, reference, suite.Task), new(suite.Targets[0].Name, target, suite.Task)], journal, new Silent());
            (int Gc, TimeSpan Pause) before = (GC.CollectionCount(2), GC.GetTotalPauseDuration());
            double cpu = CpuClock.Process();
            loop.Run(default);
            cpu = CpuClock.Process() - cpu;
            double run = loop.RunSeconds.Values.Sum(), ratio = loop.Wall / run;
            best = Math.Min(best, ratio);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"  wall {loop.Wall,6:F3} s, Run {run,6:F3} s, ratio {ratio:F3}; of Run: image decode {loop.DecodeImages / run:P1}, preprocess {loop.Preprocess / run:P1}, output decoding {loop.DecodeOutputs / run:P1}; "
                + $"CPU of Run {backend.Untapped.Cpu:F3} s, of all else {cpu - backend.Untapped.Cpu:F3} s; full collections {GC.CollectionCount(2) - before.Gc}, pauses {(GC.GetTotalPauseDuration() - before.Pause).TotalMilliseconds:F1} ms; {CpuClock.Load()}"));
        }
        Directory.Delete(folder, recursive: true);
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"best ratio {best:F3}, limit {Limit:F2}: {(best <= Limit ? "met" : "NOT MET")}"));
        return best <= Limit ? 0 : 1;

        SessionRequest Request(string model) => new(model, suite.Preprocessor.Contract, []);
    }
}
