using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using Parity.Core;
using Parity.Suites.Datasets;

namespace Parity.Suites.Coco;

/// <summary>An annotation file to evaluate results against. The file stays open: masks are read from it when they are compared.</summary>
public sealed class CocoGroundTruth : IDisposable
{
    private readonly MappedFile _file;
    private readonly TruthColumns _columns;
    private readonly CocoShape _shape;
    private readonly ImmutableArray<double> _sigmas;

    private CocoGroundTruth(MappedFile file, TruthColumns columns, CocoShape shape, ImmutableArray<double> sigmas) =>
        (_file, _columns, _shape, _sigmas) = (file, columns, shape, sigmas);

    /// <summary>By id: the K of the curves.</summary>
    public ImmutableArray<CocoClass> Categories => _columns.Categories;

    public int ImageCount => _columns.ImageIds.Length;

    public int ObjectCount => _columns.Truth.Objects.Length;

    /// <param name="sigmas">Of each keypoint; others than COCO's for other skeletons.</param>
    /// <exception cref="FaultException">Missing, malformed, contradicting itself, or federated.</exception>
    public static CocoGroundTruth Open(string path, CocoShape shape, ImmutableArray<double> sigmas)
    {
        var file = new MappedFile(path);
        try
        {
            return new CocoGroundTruth(file, TruthReader.Read(file, shape, shape == CocoShape.Keypoints ? sigmas.Length : 0), shape, sigmas);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <param name="results">Opened for the same shape; must stay open while this runs.</param>
    /// <exception cref="FaultException">Detections in unknown images or of unknown categories; masks of another size than their image.</exception>
    public CocoEvaluation Evaluate(CocoResults results, CocoParameters parameters, int threads = 1)
    {
        CocoDetections detections = Resolve(results);
        IOverlap overlap = _shape switch
        {
            CocoShape.Box => new BoxOverlap(results.Columns.Boxes, _columns.Boxes, _columns.Truth.Objects),
            CocoShape.Mask => new MaskOverlap(
                results.File, results.Columns.Shapes, results.Columns.Extents, _file, _columns.Shapes, _columns.Truth.Objects, _columns.Truth.Samples, _columns.Heights, _columns.Widths),
            _ => new KeypointOverlap(results.Columns.Keypoints, _columns.Keypoints, _columns.Boxes, _columns.Truth.Objects, _sigmas),
        };
        string prefix = _shape switch { CocoShape.Box => "bbox", CocoShape.Mask => "segm", _ => "keypoints" };
        return new CocoEvaluation(
            prefix, [.. _columns.ImageIds.Select(i => i.ToString(CultureInfo.InvariantCulture))], Categories.Length, _columns.Truth, detections, overlap, parameters, threads)
        {
            Categories = [.. Categories.Select(c => c.Name)],
        };
    }

    public void Dispose() => _file.Dispose();

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private CocoDetections Resolve(CocoResults results)
    {
        ResultColumns columns = results.Columns;
        var faults = new CappedFaults(results.File.Name);
        Dictionary<long, int> samples = Index(_columns.ImageIds), categories = Index(_columns.Categories.Select(c => c.Id));
        var detections = new CocoDetections(
            new int[columns.Count], new int[columns.Count], columns.Scores.AsSpan(0, columns.Count).ToArray(), columns.Areas.AsSpan(0, columns.Count).ToArray());
        long lastImage = 0;
        int lastSample = -1;
        for (int i = 0; i < columns.Count; i++)
        {
            // Results stand image by image.
            if (lastSample < 0 || columns.Images[i] != lastImage)
            {
                lastImage = columns.Images[i];
                if (!samples.TryGetValue(lastImage, out lastSample))
                {
                    faults.Add("detection in an unknown image", $"image_id {lastImage} is not in the ground truth", $"[{i}]", "Evaluate results of this dataset.");
                    lastSample = -1;
                }
            }
            detections.Samples[i] = lastSample;
            if (!categories.TryGetValue(columns.Categories[i], out detections.Categories[i]))
            {
                faults.Add("detection of an unknown category", $"category_id {columns.Categories[i]} is not in the ground truth", $"[{i}]",
                    "Use the ground truth's ids: COCO's 80 classes have ids from 1 to 90.");
            }
        }
        faults.ThrowIfAny();
        DrawAreas(results, detections);
        return detections;
    }

    /// <summary>Areas of masks whose area their text does not tell.</summary>
    private void DrawAreas(CocoResults results, CocoDetections detections)
    {
        var reader = new MaskReader(results.File);
        var mask = new Mask();
        for (int i = 0; i < detections.Areas.Length; i++)
        {
            if (!double.IsNaN(detections.Areas[i]))
                continue;
            reader.Read(results.Columns.Shapes[i], _columns.Heights[detections.Samples[i]], _columns.Widths[detections.Samples[i]], mask);
            detections.Areas[i] = mask.Area;
        }
    }

    private static Dictionary<long, int> Index(IEnumerable<long> ids) => ids.Select((id, i) => (id, i)).ToDictionary(p => p.id, p => p.i);
}
