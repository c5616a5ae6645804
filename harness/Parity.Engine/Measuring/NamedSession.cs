using Parity.Core;

namespace Parity.Engine.Measuring;

/// <summary>A session of the run: "reference" or a target's name.</summary>
public sealed record NamedSession(string Name, ISession Session)
{
    public const string Reference = "reference";
}
