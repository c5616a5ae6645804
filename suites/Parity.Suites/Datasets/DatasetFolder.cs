using Parity.Core;

namespace Parity.Suites.Datasets;

/// <summary>A folder named by a suite.</summary>
internal static class DatasetFolder
{
    /// <summary>The folder's path; null, after its fault was noted, when the key or the folder is missing.</summary>
    public static string? Find(Settings settings, string key, string root)
    {
        string name = settings.Text(key);
        if (name.Length == 0)
            return null;
        string path = Path.Combine(root, name);
        if (Directory.Exists(path))
            return path;
        settings.Faults.Add($"the folder {path} does not exist", settings.Entries[key].Where, $"Correct '{key}', or fetch the dataset.");
        return null;
    }
}
