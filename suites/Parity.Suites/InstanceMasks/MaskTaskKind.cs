using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.InstanceMasks;

/// <summary>
/// Reads a task of instance masks: its <c>decoder</c>, and what a detection task has: <c>score-threshold</c>, <c>deployment-score</c> (.25), <c>every-class</c>, <c>top-k</c>, <c>nms</c>,
/// <c>max-detections</c>, <c>clip</c>, <c>classes</c>.
/// </summary>
public sealed class MaskTaskKind : ITaskKind
{
    public const string KindName = "instance-masks";

    public string Name => KindName;

    public ITask? Create(Settings settings, IDataset dataset)
    {
        int before = settings.Faults.Count;
        settings.Has("kind");
        var truth = dataset as IMaskLabels;
        if (truth?.HasMasks is not true)
            settings.Faults.Add($"the dataset '{dataset.Name}' has no masks of instances", settings.Where, "Choose a COCO file whose annotations have a 'segmentation', or another kind of task.");
        ImmutableArray<BoxCategory> categories = [.. (truth?.Categories ?? []).OrderBy(c => c.Id)];
        ImmutableArray<int> categoryOf = DetectionTaskKind.Classes(settings, truth, categories);
        MaskDecoder decoder = MaskDecoder.FromSettings(settings.Section("decoder"), categoryOf.Length);
        double threshold = settings.Number("score-threshold", least: 0, most: 1);
        var deployment = (float)settings.Number("deployment-score", 0.25, least: 0, most: 1);
        bool everyClass = settings.Flag("every-class", false);
        var boxes = new BoxStage(decoder.Boxes, threshold, everyClass, DetectionTaskKind.Stages(settings, decoder.Boxes), categoryOf);
        settings.RejectUnknown();
        return settings.Faults.Count > before || truth is null ? null : new MaskTask(decoder, boxes, deployment, truth, categories);
    }
}
