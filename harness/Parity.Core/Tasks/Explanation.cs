using System.Collections.Immutable;

namespace Parity.Core;

/// <summary>Everything a task knows of how a prediction came about. Tasks derive their own and compare two of them.</summary>
public abstract class Explanation
{
    /// <summary>Every decision, of kept items too.</summary>
    public abstract ImmutableArray<Decision> Decisions();
}
