using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Engine.Measuring;

/// <summary>A session that had run could not any more: its server or device is gone.</summary>
/// <param name="session">Its name in the run.</param>
/// <param name="finished">What all sessions had finished by then.</param>
public sealed class SessionLostException(string session, ImmutableArray<SampleResult> finished, FaultException fault) : Exception(fault.Message, fault)
{
    public string Session { get; } = session;

    public ImmutableArray<SampleResult> Finished { get; } = finished;

    public FaultException Fault { get; } = fault;
}
