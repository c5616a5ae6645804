using System.Globalization;
using Parity.Cli;
using Parity.Core;
using Parity.Engine.Measuring;
using Parity.Engine.Suites;

namespace Parity.Benchmarks.Running;

/// <summary>
/// What a sample costs beside Run on a model of YOLOv5s' shape: CPU time of one thread that goes through the stages of the loop in turn, over the first pictures, the
/// least of the rounds for each stage.
/// </summary>
internal static class EverythingElseFigures
{
    private const double Limit = 0.06;
    private const int Pictures = 32;
    private static readonly string[] Stages = ["Run", "image decode", "preprocess", "output decoding and NMS", "journal"];

    /// <returns>0 when everything but Run is within the limit.</returns>
    public static int Print(TextWriter output, int rounds)
    {
        string folder = Directory.CreateTempSubdirectory("parity-else-").FullName;
        string model = Path.Combine(folder, "yolov5s.onnx");
        Yolov5sModel.Write(model);
        Suite suite = SharedSuite.Yolov5s(model, Pictures, "tensorrt");
        using ISession session = Composition.Backends[0].Open(new SessionRequest(model, suite.Preprocessor.Contract, []));
        output.WriteLine($"{suite.Name}, one model, {suite.Dataset.Samples.Length} pictures, CPU time of one thread; {CpuClock.Load()}");
        Sample first = suite.Dataset.Samples[0];
        PreparedInput warm = suite.Preprocessor.Prepare(suite.Dataset.Read(first), session.Input);
        int seen = suite.Task.Decode([new ModelRun(session.Run(warm.Tensor), warm.Placement)], first, explain: false).Counts["candidates"];
        output.WriteLine($"  {seen} candidates on the first picture");
        double[] best = [.. Stages.Select(_ => double.PositiveInfinity)];
        long candidates = 0, kept = 0;
        for (int round = 0; round < rounds; round++)
        {
            var seconds = new double[Stages.Length];
            (candidates, kept) = (0, 0);
            using Journal journal = Journal.Open(Path.Combine(folder, "journal.jsonl"), "else", suite.Task, resume: false);
            for (int i = 0; i < suite.Dataset.Samples.Length; i++)
            {
                Sample sample = suite.Dataset.Samples[i];
                double t0 = CpuClock.Thread();
                Picture picture = suite.Dataset.Read(sample);
                double t1 = CpuClock.Thread();
                PreparedInput input = suite.Preprocessor.Prepare(picture, session.Input);
                double t2 = CpuClock.Thread();
                var outputs = session.Run(input.Tensor);
                double t3 = CpuClock.Thread();
                Prediction prediction = suite.Task.Decode([new ModelRun(outputs, input.Placement)], sample, explain: true);
                double t4 = CpuClock.Thread();
                journal.Append(new SampleResult(i, [prediction], [true], null));
                double t5 = CpuClock.Thread();
                double[] spent = [t3 - t2, t1 - t0, t2 - t1, t4 - t3, t5 - t4];
                for (int s = 0; s < spent.Length; s++)
                    seconds[s] += spent[s];
                candidates += prediction.Counts["candidates"];
                kept += prediction.Counts["kept"];
            }
            for (int s = 0; s < Stages.Length; s++)
                best[s] = Math.Min(best[s], seconds[s]);
        }
        Directory.Delete(folder, recursive: true);
        int samples = suite.Dataset.Samples.Length;
        for (int s = 0; s < Stages.Length; s++)
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {Stages[s],-24} {best[s] / samples * 1e3,8:F3} ms a picture {best[s] / best[0],7:P2} of Run"));
        double share = best.Skip(1).Sum() / best[0];
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"  {(double)candidates / samples:F0} candidates and {(double)kept / samples:F0} boxes a picture; full collections {GC.CollectionCount(2)}; {CpuClock.Load()}"));
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"everything else {share:P2} of Run, limit {Limit:P0}: {(share <= Limit ? "met" : "NOT MET")}"));
        return share <= Limit ? 0 : 1;
    }
}
