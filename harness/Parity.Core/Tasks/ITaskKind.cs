namespace Parity.Core;

/// <summary>Makes tasks of one kind from the <c>task</c> section of a suite.</summary>
public interface ITaskKind
{
    /// <summary>The value of the section's key <c>kind</c>.</summary>
    string Name { get; }

    /// <summary>Mistakes, also a dataset without the ground truth the task needs, go to the settings' faults; the result is then null.</summary>
    ITask? Create(Settings settings, IDataset dataset);
}
