using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>
/// Reads a detection task: <c>decoder</c>, <c>score-threshold</c>, <c>deployment-score</c>, <c>every-class</c>, <c>top-k</c>, <c>nms: {contract, iou, class-wise, max-per-class}</c>,
/// <c>max-detections</c>, <c>compare-contracts</c>, <c>clip</c> and <c>classes</c> (coco80, dataset-order, or a category id for each model class).
/// </summary>
public sealed class DetectionTaskKind : ITaskKind
{
    public const string KindName = "detection";

    public string Name => KindName;

    public ITask? Create(Settings settings, IDataset dataset)
    {
        int before = settings.Faults.Count;
        settings.Has("kind");
        IBoxDecoder decoder = BoxDecoders.FromSettings(settings.Section("decoder"));
        double threshold = settings.Number("score-threshold", least: 0, most: 1);
        double? deployment = settings.Has("deployment-score") ? settings.Number("deployment-score", least: 0, most: 1) : null;
        if (deployment < threshold)
            settings.Faults.Add(FormattableString.Invariant($"'deployment-score' is {deployment}, below 'score-threshold', {threshold}"), settings.Entries["deployment-score"].Where, "Give the score from which on boxes are shown to users.");
        bool everyClass = settings.Flag("every-class", false);
        SelectionSettings selection = Stages(settings, decoder);
        var truth = dataset as IBoxLabels;
        if (truth is null)
            settings.Faults.Add($"the dataset '{dataset.Name}' has no boxes", settings.Where, "Choose a dataset with boxes, or another kind of task.");
        ImmutableArray<BoxCategory> categories = [.. (truth?.Categories ?? []).OrderBy(c => c.Id)];
        ImmutableArray<int> categoryOf = Classes(settings, truth, categories);
        settings.RejectUnknown();
        return settings.Faults.Count > before || truth is null
            ? null
            : new DetectionTask(decoder, threshold, deployment, everyClass, selection, truth, categories, categoryOf);
    }

    internal static SelectionSettings Stages(Settings settings, IBoxDecoder decoder)
    {
        int? topK = settings.Has("top-k") ? settings.Integer("top-k", least: 1) : null;
        int? limit = settings.Has("max-detections") ? settings.Integer("max-detections", least: 1) : null;
        bool clip = settings.Flag("clip", false);
        bool compare = settings.Flag("compare-contracts", false);
        ISuppression? suppression = null;
        var nms = new SuppressionSettings(1, true, null);
        if (!decoder.EndsInNms)
        {
            Settings section = settings.Section("nms");
            string contract = section.Choice("contract", [.. Suppressions.All.Select(s => s.Contract)]);
            suppression = Suppressions.All.First(s => s.Contract == contract);
            nms = new SuppressionSettings(
                section.Number("iou", least: 0, most: 1), section.Flag("class-wise", true), section.Has("max-per-class") ? section.Integer("max-per-class", least: 1) : null);
            section.RejectUnknown();
        }
        else if (settings.Has("nms"))
        {
            settings.Faults.Add($"'nms' is set, but a model decoded by '{decoder.Kind}' has suppressed already", settings.Entries["nms"].Where, "Remove 'nms'.");
        }
        return new SelectionSettings(topK, suppression, nms, limit, clip, compare);
    }

    internal static ImmutableArray<int> Classes(Settings settings, IBoxLabels? truth, ImmutableArray<BoxCategory> categories)
    {
        if (settings.Entries.TryGetValue("classes", out SettingsValue? value) && value.Items is not null)
        {
            ImmutableArray<double> ids = settings.Numbers("classes");
            ImmutableArray<int> indices = [.. ids.Select(id => IndexOf(categories, id))];
            if (truth is not null)
            {
                foreach (double id in ids.Where((_, i) => indices[i] < 0))
                    settings.Faults.Add(FormattableString.Invariant($"'classes' names category {id}, which the dataset does not have"), value.Where, "List ids of the dataset's categories.");
            }
            if (ids.IsEmpty)
                settings.Faults.Add("'classes' is empty", value.Where, "List the category id of each model class.");
            return indices;
        }
        string order = settings.Choice("classes", ["coco80", "dataset-order"]);
        if (order == "dataset-order")
            return [.. (truth?.Categories ?? []).Select(c => IndexOf(categories, c.Id))];
        if (truth is not null && categories.Length != 80 && settings.Has("classes"))
            settings.Faults.Add($"'classes' is coco80, but the dataset has {categories.Length} categories", value?.Where ?? settings.Where, "List the category id of each model class.");
        return [.. Enumerable.Range(0, categories.Length)];
    }

    internal static int IndexOf(ImmutableArray<BoxCategory> categories, double id)
    {
        for (int i = 0; i < categories.Length; i++)
        {
            if (categories[i].Id == id)
                return i;
        }
        return -1;
    }
}
