using System.Diagnostics;

namespace Parity.Engine.Measuring;

/// <summary>Seconds by part of a run. Not thread-safe.</summary>
public sealed class Stopwatches
{
    private readonly Dictionary<string, double> _seconds = new(StringComparer.Ordinal);

    public double this[string part] => _seconds.GetValueOrDefault(part);

    public T Time<T>(string part, Func<T> body)
    {
        long start = Stopwatch.GetTimestamp();
        try
        {
            return body();
        }
        finally
        {
            _seconds[part] = this[part] + Stopwatch.GetElapsedTime(start).TotalSeconds;
        }
    }
}
