using Parity.Core;

namespace Parity.Suites.Datasets;

/// <summary>
/// Keys: <c>images</c> and <c>masks</c> (folders), <c>classes</c> and <c>ignore</c> (see <see cref="MaskClasses"/>), <c>minimum-share: {class, share}</c>
/// (only pictures of which the class covers more than the share), <c>limit</c>.
/// </summary>
public sealed class MaskDatasetFormat : IDatasetFormat
{
    public string Name => "masks";

    public IDataset? Open(Settings settings, string root)
    {
        int before = settings.Faults.Count;
        settings.Text("format", Name);
        string? pictures = DatasetFolder.Find(settings, "images", root), masks = DatasetFolder.Find(settings, "masks", root);
        MaskClasses classes = MaskClasses.Read(settings);
        (int, double)? least = settings.Has("minimum-share") ? Least(settings.Section("minimum-share"), classes) : null;
        int limit = settings.Integer("limit", int.MaxValue, least: 1);
        settings.RejectUnknown();
        if (settings.Faults.Count > before)
            return null;
        return settings.Faults.Catch(() => MaskDataset.Open(pictures!, masks!, classes, least))?.Take(limit);
    }

    private static (int Class, double Share) Least(Settings settings, MaskClasses classes)
    {
        string name = settings.Text("class");
        int index = classes.Names.IndexOf(name);
        if (index < 0)
            settings.Faults.Add($"there is no class '{name}'", settings.Where, $"Classes: {string.Join(", ", classes.Names)}.");
        double share = settings.Number("share", least: 0, most: 1);
        settings.RejectUnknown();
        return (index, share);
    }
}
