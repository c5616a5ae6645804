namespace Parity.Benchmarks.Running;

/// <summary>Resident memory of this process since a moment, from the kernel's high-water mark, which Linux resets on request.</summary>
internal sealed class PeakMemory
{
    private const string ResetPeak = "5";
    private readonly long _before;

    /// <summary>Gives unused memory back first, so that growth into it counts.</summary>
    public PeakMemory()
    {
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", ResetPeak);
        _before = CpuClock.Memory("VmRSS");
    }

    /// <summary>Bytes.</summary>
    public long Growth => CpuClock.Memory("VmHWM") - _before;
}
