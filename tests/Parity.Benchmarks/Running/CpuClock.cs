using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Parity.Benchmarks.Running;

/// <summary>Processor time, which other programs on the machine lengthen far less than wall clock. Linux on 64 bit.</summary>
internal static partial class CpuClock
{
    private const int ThreadCpuTime = 3;

    /// <summary>User and system time of the calling thread, s.</summary>
    public static double Thread()
    {
        if (Read(ThreadCpuTime, out Timespec time) != 0)
            throw new InvalidOperationException("clock_gettime failed");
        return time.Seconds + (time.Nanoseconds * 1e-9);
    }

    /// <summary>User and system time of all threads, s.</summary>
    public static double Process()
    {
        using Process self = System.Diagnostics.Process.GetCurrentProcess();
        return self.TotalProcessorTime.TotalSeconds;
    }

    /// <summary>The one-minute load average with the processors it is to be read against.</summary>
    public static string Load() => $"load {File.ReadAllText("/proc/loadavg").Split(' ')[0]} on {Environment.ProcessorCount} cores";

    /// <summary>A line of /proc/self/status such as VmRSS or VmHWM, bytes.</summary>
    public static long Memory(string line) => long.Parse(
        File.ReadLines("/proc/self/status").First(l => l.StartsWith(line, StringComparison.Ordinal)).Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024;

    [LibraryImport("libc", EntryPoint = "clock_gettime")]
    private static partial int Read(int clock, out Timespec time);

    private readonly record struct Timespec(long Seconds, long Nanoseconds);
}
