using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.InstanceMasks;
using Parity.Suites.Keypoints;

namespace Parity.Suites.Datasets;

/// <summary>
/// Images with COCO annotations, in the order of the file's <c>images</c>; a sample's id is its image's. An image missing on disk is found when it is
/// read, so that a run lists it and goes on.
/// </summary>
public sealed class CocoDataset : IDataset, IKeypointLabels, IMaskLabels, IDetectedBoxes
{
    private readonly CocoContent _content;
    private readonly string _folder;
    private readonly Dictionary<string, CocoImage> _images;
    private readonly Dictionary<long, ImmutableArray<CocoAnnotation>> _annotations;

    private readonly DetectionsFile? _detections;
    private readonly Lazy<CocoKeypoints> _keypoints;

    /// <param name="folder">Where the images are.</param>
    /// <param name="detections">Boxes that a detector found, for who needs some.</param>
    public CocoDataset(CocoContent content, string folder, DetectionsFile? detections = null) : this(content, folder, detections, Group(content), content.Images.Length) { }

    private CocoDataset(CocoContent content, string folder, DetectionsFile? detections, Dictionary<long, ImmutableArray<CocoAnnotation>> annotations, int count)
    {
        _detections = detections;
        _keypoints = new(() => CocoKeypoints.Of(this));
        _content = content;
        _folder = folder;
        _annotations = annotations;
        Samples = [.. content.Images.Take(count).Select(i => new Sample(i.Id.ToString(CultureInfo.InvariantCulture), i.FileName))];
        _images = Samples.Zip(content.Images).ToDictionary(p => p.First.Id, p => p.Second, StringComparer.Ordinal);
        Sha256 = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(detections is null ? $"coco {content.Sha256} {count}" : $"coco {content.Sha256} {count} {detections.Sha256}")));
    }

    public string Name => Path.GetFileNameWithoutExtension(_content.Path);

    public ImmutableArray<Sample> Samples { get; }

    public string Sha256 { get; }

    /// <summary>In file order; empty when the file has no annotations at all.</summary>
    public ImmutableArray<CocoCategory> Categories => _content.Categories;

    public CocoImage Image(Sample sample) => _images[sample.Id];

    /// <summary>The ground truth of a sample, in file order.</summary>
    public ImmutableArray<CocoAnnotation> Annotations(Sample sample) =>
        _annotations.TryGetValue(_images[sample.Id].Id, out var annotations) ? annotations : [];

    ImmutableArray<BoxCategory> IBoxLabels.Categories => [.. Categories.Select(c => new BoxCategory(checked((int)c.Id), c.Name))];

    IReadOnlyList<BoxLabel> IBoxLabels.LabelsOf(string sampleId) =>
        [.. (_annotations.TryGetValue(_images[sampleId].Id, out var annotations) ? annotations : [])
            .Select(a => new BoxLabel(a.Id, checked((int)a.CategoryId), a.X, a.Y, a.Width, a.Height, a.Area ?? a.Width * a.Height, a.IsCrowd))];

    Skeleton? IKeypointLabels.Skeleton => _keypoints.Value.Skeleton;

    IReadOnlyList<ImmutableArray<JointLabel>> IKeypointLabels.JointsOf(string sampleId) =>
        _annotations.TryGetValue(_images[sampleId].Id, out var annotations) ? [.. annotations.Select(_keypoints.Value.JointsOf)] : [];

    bool IMaskLabels.HasMasks => !_content.Annotations.IsEmpty && CocoMasks.Has(_content, _content.Annotations[0]);

    IReadOnlyList<MaskRuns> IMaskLabels.MasksOf(string sampleId) =>
        _annotations.TryGetValue(_images[sampleId].Id, out var annotations) ? CocoMasks.Of(_content, _images[sampleId], annotations) : [];

    bool IDetectedBoxes.HasDetections => _detections is not null;

    ImmutableArray<DetectedBox> IDetectedBoxes.DetectionsOf(string sampleId) => _detections?.Of(_images[sampleId].Id) ?? [];

    /// <exception cref="FaultException">Also when the picture's size is not the one the annotations were made on.</exception>
    public Picture Read(Sample sample)
    {
        CocoImage image = Image(sample);
        Picture picture = PictureFile.Read(FilePath(sample));
        if ((picture.Width, picture.Height) != (image.Width, image.Height))
        {
            throw new FaultException($"the picture is {picture.Width} x {picture.Height} pixels, its annotations are for {image.Width} x {image.Height}",
                FilePath(sample), "Use the pictures the annotations were made on; a side swapped with the other is often an EXIF orientation.");
        }
        return picture;
    }

    public string? ContentSha256(Sample sample) => PictureFile.Sha256(FilePath(sample));

    public IDataset Take(int count) => count >= Samples.Length ? this : new CocoDataset(_content, _folder, _detections, _annotations, count);

    /// <summary>The object at a range: polygons, keypoints and whatever else the records leave in the file.</summary>
    /// <exception cref="FaultException">The file has changed since it was read.</exception>
    public JsonElement ReadJson(JsonRange range)
    {
        try
        {
            using var file = File.OpenHandle(_content.Path);
            var bytes = new byte[range.Length];
            RandomAccess.Read(file, bytes, range.Offset);
            using var document = JsonDocument.Parse(bytes);
            return document.RootElement.Clone();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw new FaultException($"the annotation file has changed while it was in use: {e.Message}", _content.Path, "Leave it in place during a run.");
        }
    }

    private string FilePath(Sample sample) => Path.Combine(_folder, Image(sample).FileName);

    private static Dictionary<long, ImmutableArray<CocoAnnotation>> Group(CocoContent content) =>
        content.Annotations.GroupBy(a => a.ImageId).ToDictionary(g => g.Key, g => g.ToImmutableArray());
}
