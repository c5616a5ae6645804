using Parity.Core;

namespace Parity.Engine.Diagnosing;

/// <summary>Looks at a finished run for one kind of fault. Pure: what it cannot tell from the run it asks for as an <see cref="Experiment"/>.</summary>
public interface IRule
{
    /// <summary>Lower-case words with hyphens; stands in findings and in links to them.</summary>
    string Id { get; }

    /// <summary>The fault in a few words, for people.</summary>
    string Title { get; }

    IEnumerable<Finding> Look(TargetCase target);
}
