using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.Metrics;

namespace Parity.Suites.InstanceMasks;

/// <summary>COCO's mask AP and AR of samples: puts them into the columns of a <see cref="CocoEvaluation"/>.</summary>
public static class MaskEvaluation
{
    /// <param name="categories">In any order; they are evaluated in the order of their ids.</param>
    /// <param name="samples">Instances index into <paramref name="categories"/> sorted by id.</param>
    /// <exception cref="FaultException">A sample stands twice.</exception>
    public static CocoEvaluation Of(ImmutableArray<BoxCategory> categories, IEnumerable<MaskSample> samples, CocoParameters? parameters = null)
    {
        ImmutableArray<MaskSample> ordered = SampleOrder.ById(samples, s => s.Id);
        Dictionary<int, int> indexOf = categories.OrderBy(c => c.Id).Select((c, i) => (c.Id, i)).ToDictionary(p => p.Id, p => p.i);
        (BoxLabel Label, MaskRuns Mask, int Sample)[] labels = [.. ordered.SelectMany((s, i) => s.Labels.Zip(s.Masks, (l, m) => (l, m, i)))];
        (DetectedMask Instance, int Sample)[] found = [.. ordered.SelectMany((s, i) => s.Instances.Select(m => (m, i)))];
        var truth = new CocoTruth(
            [.. labels.Select(l => l.Sample)], [.. labels.Select(l => indexOf.GetValueOrDefault(l.Label.CategoryId, -1))],
            [.. labels.Select(l => new CocoObject(l.Label.Id, l.Label.Area, l.Label.IsCrowd, IsIgnored: l.Label.IsCrowd))]);
        // By its box, as pycocotools takes it from results that have one: by it an unmatched instance is small, medium or large.
        var detections = new CocoDetections(
            [.. found.Select(f => f.Sample)], [.. found.Select(f => f.Instance.Box.Category)], [.. found.Select(f => (double)f.Instance.Box.Score)],
            [.. found.Select(f => (double)f.Instance.Box.Width * f.Instance.Box.Height)]);
        var overlap = new StoredMaskOverlap([.. found.Select(f => f.Instance.Mask)], [.. labels.Select(l => l.Mask)], truth.Objects);
        return new CocoEvaluation("segm", [.. ordered.Select(s => s.Id)], categories.Length, truth, detections, overlap, parameters ?? CocoParameters.Default)
        {
            Categories = [.. categories.OrderBy(c => c.Id).Select(c => c.Name)],
        };
    }
}
