using Parity.Core;

namespace Parity.Suites.Segmentation;

/// <summary>Reads a segmentation task: its <c>decoder</c>. Classes are the dataset's.</summary>
public sealed class SegmentationTaskKind : ITaskKind
{
    public const string KindName = "segmentation";

    public string Name => KindName;

    public ITask? Create(Settings settings, IDataset dataset)
    {
        int before = settings.Faults.Count;
        settings.Has("kind");
        Settings section = settings.Section("decoder");
        SegmentationDecoder decoder = SegmentationDecoder.FromSettings(section);
        settings.RejectUnknown();
        var truth = dataset as IClassMaps;
        if (truth is null)
            settings.Faults.Add($"the dataset '{dataset.Name}' has no masks", settings.Where, "Choose a dataset of format 'masks', or another kind of task.");
        else if (section.Entries.TryGetValue("kind", out SettingsValue? kind) && kind.Text == "threshold" && truth.Classes.Length != 2)
            settings.Faults.Add($"a threshold tells two classes apart, but the dataset has {truth.Classes.Length}", kind.Where, "Use 'argmax', or name two classes in the dataset.");
        return settings.Faults.Count > before || truth is null ? null : new SegmentationTask(decoder, truth);
    }
}
