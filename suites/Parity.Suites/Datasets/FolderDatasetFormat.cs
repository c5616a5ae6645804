using Parity.Core;

namespace Parity.Suites.Datasets;

/// <summary>Keys: <c>images</c> (folder), <c>exclude</c> (file names to leave out), <c>limit</c> (the first so many pictures; all when left out).</summary>
public sealed class FolderDatasetFormat : IDatasetFormat
{
    public string Name => "folder";

    public IDataset? Open(Settings settings, string root)
    {
        int before = settings.Faults.Count;
        settings.Text("format", Name);
        string? folder = DatasetFolder.Find(settings, "images", root);
        var exclude = settings.Texts("exclude", []);
        int limit = settings.Integer("limit", int.MaxValue, least: 1);
        settings.RejectUnknown();
        FolderDataset? dataset = folder is null ? null : settings.Faults.Catch(() => FolderDataset.Open(folder, exclude));
        return settings.Faults.Count == before ? dataset!.Take(limit) : null;
    }
}
