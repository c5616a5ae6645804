using Parity.Core;

namespace Parity.Engine.Measuring;

/// <summary>A session of the run: "reference" or a target's name.</summary>
/// <param name="Task">Decodes its outputs: the suite's task, or the target's own post-processing.</param>
public sealed record NamedSession(string Name, ISession Session, ITask Task)
{
    public const string Reference = "reference";
}
