using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>Collects faults while reading an input, so that all are reported at once. Not thread-safe.</summary>
public sealed class FaultList
{
    private readonly List<Fault> _faults = [];

    public int Count => _faults.Count;

    public ImmutableArray<Fault> ToImmutable() => [.. _faults];

    public void Add(string what, string where, string remedy) => _faults.Add(new Fault(what, where, remedy));

    public void Add(IEnumerable<Fault> faults) => _faults.AddRange(faults);

    /// <exception cref="FaultException">At least one fault was added.</exception>
    public void ThrowIfAny()
    {
        if (_faults.Count > 0)
            throw new FaultException(ToImmutable());
    }

    /// <summary>Runs <paramref name="read"/>, keeping the faults it throws; null when it threw.</summary>
    public T? Catch<T>(Func<T> read) where T : class
    {
        try
        {
            return read();
        }
        catch (FaultException e)
        {
            Add(e.Faults);
            return null;
        }
    }
}
