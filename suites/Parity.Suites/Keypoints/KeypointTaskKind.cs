using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>
/// Reads a keypoint task: <c>decoder</c>, <c>sigmas</c> (coco17, or one number a joint), and what a detection task has: <c>score-threshold</c>,
/// <c>every-class</c>, <c>top-k</c>, <c>nms</c>, <c>max-detections</c>, <c>clip</c>, <c>classes</c>.
/// </summary>
public sealed class KeypointTaskKind : ITaskKind
{
    public const string KindName = "keypoints";

    public string Name => KindName;

    public ITask? Create(Settings settings, IDataset dataset)
    {
        int before = settings.Faults.Count;
        settings.Has("kind");
        var truth = dataset as IKeypointLabels;
        Skeleton skeleton = truth?.Skeleton ?? new Skeleton([], []);
        if (truth?.Skeleton is null)
            settings.Faults.Add($"the dataset '{dataset.Name}' has no keypoints", settings.Where, "Choose a dataset with keypoints, or another kind of task.");
        ImmutableArray<BoxCategory> categories = [.. (truth?.Categories ?? []).OrderBy(c => c.Id)];
        ImmutableArray<int> categoryOf = DetectionTaskKind.Classes(settings, truth, categories);
        ImmutableArray<double> sigmas = Sigmas(settings, skeleton);
        PoseDecoder decoder = PoseDecoder.FromSettings(settings.Section("decoder"), categoryOf.Length, skeleton.Joints.Length);
        var threshold = (float)settings.Number("score-threshold", least: 0, most: 1);
        bool everyClass = settings.Flag("every-class", false);
        SelectionSettings selection = DetectionTaskKind.Stages(settings, decoder.Boxes);
        settings.RejectUnknown();
        return settings.Faults.Count > before || truth is null
            ? null
            : new KeypointTask(new OneStage(decoder, threshold, everyClass, selection, categoryOf), truth, skeleton, sigmas, categories);
    }

    private static ImmutableArray<double> Sigmas(Settings settings, Skeleton skeleton)
    {
        bool listed = settings.Entries.TryGetValue("sigmas", out SettingsValue? value) && value.Items is not null;
        ImmutableArray<double> sigmas = listed ? settings.Numbers("sigmas") : settings.Choice("sigmas", ["coco17"], "coco17") == "coco17" ? Skeleton.Coco17Sigmas : [];
        if (skeleton.Joints.Length > 0 && sigmas.Length != skeleton.Joints.Length)
            settings.Faults.Add($"{sigmas.Length} sigmas for {skeleton.Joints.Length} joints", value?.Where ?? settings.Where, $"Write one for each of: {string.Join(", ", skeleton.Joints)}.");
        if (sigmas.Any(s => s <= 0))
            settings.Faults.Add("a sigma is not above 0", value?.Where ?? settings.Where, "Write tolerances such as 0.05.");
        return sigmas;
    }
}
