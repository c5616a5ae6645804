using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>
/// Reads a keypoint task: <c>decoder</c> and <c>sigmas</c> (coco17, or one number a joint). Where the decoder reads boxes too, what a detection task has:
/// <c>score-threshold</c>, <c>deployment-score</c> (.25), <c>every-class</c>, <c>top-k</c>, <c>nms</c>, <c>max-detections</c>, <c>clip</c>, <c>classes</c>. For <c>decoder: {kind: heatmaps}</c>
/// <c>boxes</c> (ground-truth, or detections where the dataset has them) and <c>padding</c> (1.25).
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
        ImmutableArray<double> sigmas = Sigmas(settings, skeleton);
        Settings decoder = settings.Section("decoder");
        IPoseStage? stage = decoder.Entries.TryGetValue("kind", out SettingsValue? kind) && kind.Text == HeatmapDecoder.Kind
            ? TopDown(settings, decoder, truth, skeleton, categories)
            : One(settings, decoder, truth, skeleton, categories);
        settings.RejectUnknown();
        return settings.Faults.Count > before || truth is null || stage is null ? null : new KeypointTask(stage, truth, skeleton, sigmas, categories);
    }

    private static OneStage One(Settings settings, Settings section, IKeypointLabels? truth, Skeleton skeleton, ImmutableArray<BoxCategory> categories)
    {
        ImmutableArray<int> categoryOf = DetectionTaskKind.Classes(settings, truth, categories);
        PoseDecoder decoder = PoseDecoder.FromSettings(section, categoryOf.Length, skeleton.Joints.Length);
        var threshold = (float)settings.Number("score-threshold", least: 0, most: 1);
        var deployment = (float)settings.Number("deployment-score", 0.25, least: 0, most: 1);
        bool everyClass = settings.Flag("every-class", false);
        SelectionSettings selection = DetectionTaskKind.Stages(settings, decoder.Boxes);
        return new OneStage(decoder, threshold, deployment, everyClass, selection, categoryOf);
    }

    private static TopDownStage? TopDown(Settings settings, Settings section, IKeypointLabels? truth, Skeleton skeleton, ImmutableArray<BoxCategory> categories)
    {
        section.Has("kind");
        HeatmapDecoder decoder = HeatmapDecoder.FromSettings(section);
        section.RejectUnknown();
        double padding = settings.Number("padding", 1.25, least: 0.1, most: 10);
        bool detected = settings.Choice("boxes", ["ground-truth", "detections"]) == "detections";
        if (truth is null)
            return null;
        Func<string, ImmutableArray<DetectedBox>> boxesOf = detected ? Detections : GroundTruth;
        if (detected && (truth as IDetectedBoxes)?.HasDetections is not true)
            settings.Faults.Add("'boxes' is detections, but the dataset has none", settings.Entries["boxes"].Where, "Give the dataset a file of 'detections', or write ground-truth.");
        return new TopDownStage(decoder, boxesOf, skeleton.Joints.Length, padding);

        ImmutableArray<DetectedBox> Detections(string sample) => ((IDetectedBoxes)truth).DetectionsOf(sample);

        // As HRNet's loader: no crowds, and no one of whom no joint is labelled.
        ImmutableArray<DetectedBox> GroundTruth(string sample) => [.. truth.LabelsOf(sample).Zip(truth.JointsOf(sample))
            .Where(l => !l.First.IsCrowd && l.Second.Any(j => j.Visibility > 0))
            .Select(l => new DetectedBox((float)l.First.X, (float)l.First.Y, (float)l.First.Width, (float)l.First.Height, 1, DetectionTaskKind.IndexOf(categories, l.First.CategoryId), 0))];
    }

    private static ImmutableArray<double> Sigmas(Settings settings, Skeleton skeleton)
    {
        bool listed = settings.Entries.TryGetValue("sigmas", out SettingsValue? value) && value.Items is not null;
        ImmutableArray<double> sigmas = listed ? settings.Numbers("sigmas") : settings.Choice("sigmas", ["coco17"], "coco17") == "coco17" ? KeypointSigmas.Coco : [];
        if (skeleton.Joints.Length > 0 && sigmas.Length != skeleton.Joints.Length)
            settings.Faults.Add($"{sigmas.Length} sigmas for {skeleton.Joints.Length} joints", value?.Where ?? settings.Where, $"Write one for each of: {string.Join(", ", skeleton.Joints)}.");
        if (sigmas.Any(s => s <= 0))
            settings.Faults.Add("a sigma is not above 0", value?.Where ?? settings.Where, "Write tolerances such as 0.05.");
        return sigmas;
    }
}
