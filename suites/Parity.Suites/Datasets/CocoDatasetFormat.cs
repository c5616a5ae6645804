using Parity.Core;

namespace Parity.Suites.Datasets;

/// <summary>Keys: <c>images</c> (folder), <c>annotations</c> (file), <c>limit</c> (the first so many images; all when left out),
/// <c>detections</c> (a file of COCO results: boxes that a detector found, for top-down models).</summary>
public sealed class CocoDatasetFormat : IDatasetFormat
{
    public string Name => "coco";

    public IDataset? Open(Settings settings, string root)
    {
        int before = settings.Faults.Count;
        settings.Text("format", Name);
        string? folder = DatasetFolder.Find(settings, "images", root);
        string annotations = settings.Text("annotations");
        int limit = settings.Integer("limit", int.MaxValue, least: 1);
        string detections = settings.Text("detections", "");
        settings.RejectUnknown();
        CocoContent? content = annotations.Length > 0 ? settings.Faults.Catch(() => CocoReader.Read(Path.Combine(root, annotations))) : null;
        if (content is { Images.IsEmpty: true })
            settings.Faults.Add("the dataset has no images", Path.Combine(root, annotations), "Give an annotation file whose list 'images' has entries.");
        DetectionsFile? found = content is not null && detections.Length > 0 ? settings.Faults.Catch(() => DetectionsFile.Read(Path.Combine(root, detections), content)) : null;
        return settings.Faults.Count == before ? new CocoDataset(content!, folder!, found).Take(limit) : null;
    }
}
