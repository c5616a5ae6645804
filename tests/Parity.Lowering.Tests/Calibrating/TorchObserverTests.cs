using System.Diagnostics;
using System.Globalization;

namespace Parity.Lowering.Tests;

/// <summary>PyTorch's own observers as oracle, where Debian's python3-torch is installed.</summary>
public class TorchObserverTests
{
    /// <summary>
    /// Reads chunks of float32 and prints min and max of both observers. Version 1.13 cuts a histogram's ends to whole numbers by int(tensor); the name is given its later meaning, nothing else is touched.
    /// </summary>
    private const string Script = """
        import builtins, struct, sys, torch
        import torch.ao.quantization.observer as o
        o.int = lambda v: float(v) if isinstance(v, torch.Tensor) else builtins.int(v)
        data = sys.stdin.buffer
        count, = struct.unpack('<i', data.read(4))
        histogram, average = o.HistogramObserver(), o.MovingAverageMinMaxObserver(averaging_constant=0.01)
        for _ in range(count):
            length, = struct.unpack('<i', data.read(4))
            chunk = torch.frombuffer(bytearray(data.read(4 * length)), dtype=torch.float32)
            histogram(chunk); average(chunk)
        low, high = histogram._non_linear_param_search()
        print(*[repr(float(v)) for v in (low, high, average.min_val, average.max_val)])
        """;

    public static TheoryData<string> Shapes => ["normal", "one-sided", "outliers", "widening", "constant first"];

    [Theory]
    [MemberData(nameof(Shapes))]
    public void Histogram_search_and_moving_average_are_pytorchs(string shape)
    {
        var chunks = Chunks(shape);
        if (Oracle(chunks) is not { } expected)
        {
            Assert.Skip("python3 with torch is absent.");
            return;
        }
        var histogram = new SearchedHistogramObserver(256);
        var average = new MovingAverageObserver(0.01);
        foreach (float[] chunk in chunks)
        {
            histogram.Observe(chunk);
            average.Observe(chunk);
        }
        var range = histogram.Range();
        float tolerance = 1e-5f * (expected[1] - expected[0]);
        range.Min.Should().BeApproximately(expected[0], tolerance);
        range.Max.Should().BeApproximately(expected[1], tolerance);
        average.Range().Min.Should().BeApproximately(expected[2], 1e-6f * Math.Abs(expected[2]));
        average.Range().Max.Should().BeApproximately(expected[3], 1e-6f * Math.Abs(expected[3]));
    }

    private static float[][] Chunks(string shape) => shape switch
    {
        "normal" => [Net.Values(1, 1, 20_000), Net.Values(2, 1, 20_000), Net.Values(3, 1, 20_000)],
        "one-sided" => [.. Enumerable.Range(4, 3).Select(s => Array.ConvertAll(Net.Values(s, 2, 20_000), v => Math.Max(v, 0)))],
        "outliers" => [.. Enumerable.Range(7, 3).Select(s => Net.Values(s, 0.1, 20_000).Select((v, i) => i % 500 == 0 ? v * 30 : v).ToArray())],
        "widening" => [.. Enumerable.Range(10, 4).Select(s => Net.Values(s, Math.Pow(2.3, s - 10), 10_000))],
        "constant first" => [Enumerable.Repeat(0.5f, 100).ToArray(), Net.Values(14, 3, 20_000), Net.Values(15, 3, 20_000)],
        _ => throw new ArgumentOutOfRangeException(nameof(shape)),
    };

    private static float[]? Oracle(float[][] chunks)
    {
        var start = new ProcessStartInfo("/usr/bin/python3") { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add("-c");
        start.ArgumentList.Add(Script);
        if (!File.Exists(start.FileName))
            return null;
        using var process = Process.Start(start)!;
        using (var writer = new BinaryWriter(process.StandardInput.BaseStream))
        {
            try
            {
                writer.Write(chunks.Length);
                foreach (float[] chunk in chunks)
                {
                    writer.Write(chunk.Length);
                    foreach (float v in chunk)
                        writer.Write(v);
                }
            }
            catch (IOException)
            {
                // It ended before it read: without torch, as what follows finds.
            }
        }
        string output = process.StandardOutput.ReadToEnd(), error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        if (error.Contains("No module named 'torch'"))
            return null;
        process.ExitCode.Should().Be(0, error);
        return [.. output.Split().Where(t => t.Length > 0).Select(t => float.Parse(t, CultureInfo.InvariantCulture))];
    }
}
