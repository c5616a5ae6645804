using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.Metrics;

namespace Parity.Suites.Keypoints;

/// <summary>COCO's OKS AP and AR of samples: puts them into the columns of a <see cref="CocoEvaluation"/>.</summary>
public static class KeypointEvaluation
{
    /// <summary>COCO's limit of instances an image.</summary>
    public const int MostPoses = 20;

    /// <param name="categories">In any order; they are evaluated in the order of their ids.</param>
    /// <param name="samples">Poses index into <paramref name="categories"/> sorted by id. A label without labelled joints is matched but not counted, as in COCO.</param>
    /// <exception cref="FaultException">A sample stands twice.</exception>
    public static CocoEvaluation Of(ImmutableArray<BoxCategory> categories, ImmutableArray<double> sigmas, IEnumerable<PoseSample> samples, CocoParameters? parameters = null)
    {
        ImmutableArray<PoseSample> ordered = SampleOrder.ById(samples, s => s.Id);
        Dictionary<int, int> indexOf = categories.OrderBy(c => c.Id).Select((c, i) => (c.Id, i)).ToDictionary(p => p.Id, p => p.i);
        (BoxLabel Label, ImmutableArray<JointLabel> Joints, int Sample)[] labels = [.. ordered.SelectMany((s, i) => s.Labels.Zip(s.Joints, (l, j) => (l, j, i)))];
        (DetectedPose Pose, int Sample)[] poses = [.. ordered.SelectMany((s, i) => s.Poses.Select(p => (p, i)))];
        var truth = new CocoTruth(
            [.. labels.Select(l => l.Sample)], [.. labels.Select(l => indexOf.GetValueOrDefault(l.Label.CategoryId, -1))],
            [.. labels.Select(l => new CocoObject(l.Label.Id, l.Label.Area, l.Label.IsCrowd, IsIgnored: l.Label.IsCrowd || l.Joints.All(j => j.Visibility == 0)))]);
        var detections = new CocoDetections(
            [.. poses.Select(p => p.Sample)], [.. poses.Select(p => p.Pose.Box.Category)], [.. poses.Select(p => (double)p.Pose.Box.Score)], [.. poses.Select(p => Area(p.Pose.Box))]);
        var overlap = new KeypointOverlap(
            [.. poses.SelectMany(p => p.Pose.Joints.Select(j => (double)j.X).Concat(p.Pose.Joints.Select(j => (double)j.Y)))],
            [.. labels.SelectMany(l => l.Joints.SelectMany(j => new[] { j.X, j.Y, j.Visibility }))],
            [.. labels.SelectMany(l => new[] { l.Label.X, l.Label.Y, l.Label.Width, l.Label.Height })], truth.Objects, sigmas);
        return new CocoEvaluation("keypoints", [.. ordered.Select(s => s.Id)], categories.Length, truth, detections, overlap, parameters ?? CocoParameters.Keypoints([MostPoses]))
        {
            Categories = [.. categories.OrderBy(c => c.Id).Select(c => c.Name)],
        };
    }

    /// <summary>Of the box, as pycocotools takes it from results that have one: by it an unmatched instance is medium or large.</summary>
    private static double Area(in DetectedBox box) => (double)box.Width * box.Height;
}
