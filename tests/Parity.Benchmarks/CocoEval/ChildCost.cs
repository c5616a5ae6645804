using System.Diagnostics;
using System.Globalization;
using Parity.Cli;

namespace Parity.Benchmarks.CocoEval;

/// <summary>What one fresh `parity` process cost, runtime's start and compilation included, as GNU time reports it.</summary>
internal readonly record struct ChildCost(double CpuSeconds, double WallSeconds, double PeakMegabytes)
{
    public static ChildCost OfParity(string[] arguments)
    {
        var start = new ProcessStartInfo("/usr/bin/time", ["-f", "%U %S %e %M", "dotnet", typeof(ExitCode).Assembly.Location, .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        output.Wait();
        if (process.ExitCode > ExitCode.Inconclusive)
            throw new InvalidOperationException($"parity {string.Join(' ', arguments)} ended with {process.ExitCode}: {error}");
        double[] figures = [.. error.Trim().Split('\n')[^1].Split(' ').Select(f => double.Parse(f, CultureInfo.InvariantCulture))];
        return new ChildCost(figures[0] + figures[1], figures[2], figures[3] / 1024);
    }
}
