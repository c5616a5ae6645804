using System.Diagnostics;

namespace Parity.Cli.Tests;

/// <summary>`parity` as a process, as a user starts it.</summary>
public static class CommandLine
{
    private static readonly string Dll = Path.Combine(AppContext.BaseDirectory, "parity.dll");

    public sealed record Result(int ExitCode, string Output, string Error);

    public static Result Run(params string[] arguments)
    {
        using Process process = Start(arguments);
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> error = process.StandardError.ReadToEndAsync();
        if (!process.WaitForExit(TimeSpan.FromMinutes(2)))
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"parity {string.Join(' ', arguments)} ran over two minutes");
        }
        return new Result(process.ExitCode, output.Result, error.Result);
    }

    public static Process Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        // A cache of the machine must not answer for the product.
        start.Environment["PARITY_CACHE"] = Path.Combine(Path.GetTempPath(), $"parity-tests-{Environment.ProcessId}");
        // These processes end before instrumented code would pay.
        start.Environment["DOTNET_TieredPGO"] = "0";
        start.ArgumentList.Add(Dll);
        foreach (string argument in arguments)
            start.ArgumentList.Add(argument);
        return Process.Start(start)!;
    }
}
