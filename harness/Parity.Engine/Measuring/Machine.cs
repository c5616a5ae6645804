using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;
using Parity.Core;

namespace Parity.Engine.Measuring;

/// <summary>What a result's bytes may depend on.</summary>
public static class Machine
{
    public static MachineRecord Describe(int threads) => new(
        RuntimeInformation.OSDescription, Processor(), Environment.ProcessorCount, RuntimeInformation.FrameworkDescription, Simd(), threads);

    private static string Processor()
    {
        const string info = "/proc/cpuinfo";
        string? model = File.Exists(info)
            ? File.ReadLines(info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':', 2)[1].Trim()
            : null;
        return $"{model ?? "unknown"} ({RuntimeInformation.ProcessArchitecture})";
    }

    private static string Simd() =>
        Vector512.IsHardwareAccelerated ? (AvxVnni.IsSupported ? "AVX-512, VNNI" : "AVX-512")
        : Vector256.IsHardwareAccelerated ? (AvxVnni.IsSupported ? "AVX2, VNNI" : "AVX2")
        : Vector128.IsHardwareAccelerated ? "128 bit" : "none";
}
