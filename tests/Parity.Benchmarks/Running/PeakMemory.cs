namespace Parity.Benchmarks.Running;

/// <summary>The most resident memory of this process between two moments, looked at every 10 ms.</summary>
internal sealed class PeakMemory
{
    private readonly CancellationTokenSource _stop = new();
    private Task<long>? _watch;

    public void Start() => _watch = Task.Factory.StartNew(() =>
    {
        long peak = 0;
        do
            peak = Math.Max(peak, CpuClock.Memory("VmRSS"));
        while (!_stop.Token.WaitHandle.WaitOne(10));
        return Math.Max(peak, CpuClock.Memory("VmRSS"));
    }, TaskCreationOptions.LongRunning);

    /// <summary>Bytes.</summary>
    public long Stop()
    {
        _stop.Cancel();
        return _watch!.Result;
    }
}
