using System.Collections.Immutable;
using System.Diagnostics;
using Parity.Core;

namespace Parity.Benchmarks.Running;

/// <summary>Counts time and bytes of every Run, apart for sessions with taps and without.</summary>
internal sealed class ClockedBackend(IBackend inner) : IBackend
{
    public Clock Tapped { get; } = new();

    public Clock Untapped { get; } = new();

    /// <summary>Sessions of shadow models.</summary>
    public Clock Shadow { get; } = new();

    public string Name => inner.Name;

    public Availability Availability => inner.Availability;

    /// <summary>Requests with taps, in the order they came.</summary>
    public List<SessionRequest> TappedRequests { get; } = [];

    public ISession Open(SessionRequest request)
    {
        if (!request.Taps.IsEmpty)
            TappedRequests.Add(request);
        return Opened(request);
    }

    private Session Opened(SessionRequest request) => new(inner.Open(request), request.Taps.IsEmpty ? Untapped : request.ModelPath.EndsWith("shadow.onnx", StringComparison.Ordinal) ? Shadow : Tapped);

    /// <summary>Summed over Runs since the last reset; s.</summary>
    public sealed class Clock
    {
        public double Cpu { get; set; }

        public double Wall { get; set; }

        public long Bytes { get; set; }

        public void Reset() => (Cpu, Wall, Bytes) = (0, 0, 0);
    }

    private sealed class Session(ISession inner, Clock clock) : ISession
    {
        public InputContract Input => inner.Input;

        public ImmutableArray<TensorPort> Outputs => inner.Outputs;

        public Arithmetic Arithmetic => inner.Arithmetic;

        public IReadOnlyDictionary<string, Tensor> Run(Tensor input)
        {
            double cpu = CpuClock.Thread();
            long start = Stopwatch.GetTimestamp();
            IReadOnlyDictionary<string, Tensor> tensors = inner.Run(input);
            clock.Wall += Stopwatch.GetElapsedTime(start).TotalSeconds;
            clock.Cpu += CpuClock.Thread() - cpu;
            clock.Bytes += tensors.Values.Distinct().Sum(t => (long)t.Bytes().Length);
            return tensors;
        }

        public void Dispose() => inner.Dispose();
    }
}
