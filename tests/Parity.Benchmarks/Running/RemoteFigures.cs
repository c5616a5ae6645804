using System.Diagnostics;
using System.Net;
using Parity.Adapters.Remote;
using Parity.Cli;
using Parity.Core;

namespace Parity.Benchmarks.Running;

/// <summary>What a run across loopback costs beside the same run here, yolox_nano, in turn and in one process: wall clock and CPU time of all threads.</summary>
internal static class RemoteFigures
{
    public static int Print(TextWriter output, int rounds)
    {
        string model = Path.Combine(SharedSuite.Data, "models", "yolox_nano.onnx");
        var contract = new InputContract(ElementType.Float32, TensorLayout.Nchw, ColorOrder.Bgr, 416, 416, 1, [0, 0, 0], [1, 1, 1]);
        var request = new SessionRequest(model, contract, []);
        ModelServer server = ModelServer.Start(Composition.Backends[0], IPAddress.Loopback, 0, "benchmark").GetAwaiter().GetResult();
        try
        {
            using ISession here = Composition.Backends[0].Open(request), there = new RemoteBackend().At(server.Url.GetLeftPart(UriPartial.Authority)).Open(request);
            Tensor input = Tensor.Create(new float[3 * 416 * 416], 1, 3, 416, 416);
            var wall = new List<double>[] { [], [] };
            var processor = new double[2];
            ISession[] sessions = [here, there];
            for (int round = -10; round < rounds; round++)
            {
                for (int s = 0; s < 2; s++)
                {
                    double cpu = CpuClock.Process();
                    long start = Stopwatch.GetTimestamp();
                    sessions[s].Run(input);
                    if (round < 0)
                        continue;
                    wall[s].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
                    processor[s] += (CpuClock.Process() - cpu) * 1000;
                }
            }
            output.WriteLine(FormattableString.Invariant($"yolox_nano, {rounds} pairs, 2.08 MB in, 1.21 MB out; {CpuClock.Load()}"));
            output.WriteLine(FormattableString.Invariant($"  here:     median {Median(wall[0]):0.00} ms, least {wall[0].Min():0.00} ms, CPU {processor[0] / rounds:0.00} ms"));
            output.WriteLine(FormattableString.Invariant($"  loopback: median {Median(wall[1]):0.00} ms, least {wall[1].Min():0.00} ms, CPU {processor[1] / rounds:0.00} ms"));
            output.WriteLine(FormattableString.Invariant($"  overhead: median {Median(wall[1]) - Median(wall[0]):0.00} ms, CPU {(processor[1] - processor[0]) / rounds:0.00} ms a run"));
            return 0;
        }
        finally
        {
            server.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
