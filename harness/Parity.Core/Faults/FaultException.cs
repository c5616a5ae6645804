using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>Wrong input: all its faults at once. Anything else that is thrown is a bug.</summary>
public sealed class FaultException(ImmutableArray<Fault> faults) : Exception(string.Join(Environment.NewLine, faults))
{
    public FaultException(string what, string where, string remedy) : this([new Fault(what, where, remedy)]) { }

    public ImmutableArray<Fault> Faults { get; } = faults;
}
