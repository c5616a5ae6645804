namespace Parity.Core;

/// <summary>Opens datasets of one format from the <c>dataset</c> or <c>calibration</c> section of a suite.</summary>
public interface IDatasetFormat
{
    /// <summary>The value of the section's key <c>format</c>.</summary>
    string Name { get; }

    /// <summary>Paths in the section are relative to <paramref name="root"/>. Mistakes go to the settings' faults; the result is then null.</summary>
    IDataset? Open(Settings settings, string root);
}
