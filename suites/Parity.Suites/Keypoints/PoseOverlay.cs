using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>Skeletons over a picture: a line for each limb, a point for each joint, a box for the score; one colour an instance.</summary>
internal static class PoseOverlay
{
    /// <summary>Joints below it, and limbs that end in one, are not drawn, as in the usual visualisers (mmpose's kpt_thr).</summary>
    private const float LeastJointScore = 0.3f;

    /// <summary>Instances below it are noise of the metric's long tail.</summary>
    private const float LeastScore = 0.25f;

    public static Overlay Of(PosePrediction prediction, Skeleton skeleton, ImmutableArray<BoxCategory> categories)
    {
        var shapes = ImmutableArray.CreateBuilder<OverlayShape>();
        foreach ((DetectedPose pose, int group) in prediction.Poses.Where(p => p.Box.Score >= LeastScore).Select((p, i) => (p, i)))
        {
            shapes.Add(new BoxShape(pose.Box.X, pose.Box.Y, pose.Box.Width, pose.Box.Height, categories[pose.Box.Category].Name, pose.Box.Score, group));
            Add(shapes, skeleton, [.. pose.Joints.Select(j => (j.X, j.Y, j.Score, j.Score >= LeastJointScore))], group);
        }
        return new Overlay(shapes.DrainToImmutable());
    }

    public static Overlay OfTruth(IReadOnlyList<BoxLabel> boxes, IReadOnlyList<ImmutableArray<JointLabel>> joints, Skeleton skeleton, ImmutableArray<BoxCategory> categories)
    {
        var shapes = ImmutableArray.CreateBuilder<OverlayShape>();
        for (int i = 0; i < boxes.Count; i++)
        {
            BoxLabel box = boxes[i];
            string? name = categories.FirstOrDefault(c => c.Id == box.CategoryId)?.Name;
            if (name is null)
                continue;
            shapes.Add(new BoxShape(box.X, box.Y, box.Width, box.Height, box.IsCrowd ? $"{name} (crowd)" : name, null, i));
            Add(shapes, skeleton, [.. joints[i].Select(j => (j.X, j.Y, (double?)null, j.Visibility > 0))], i);
        }
        return new Overlay(shapes.DrainToImmutable());
    }

    private static void Add(ImmutableArray<OverlayShape>.Builder shapes, Skeleton skeleton, ImmutableArray<(double X, double Y, double? Score, bool Shown)> joints, int group)
    {
        foreach ((int from, int to) in skeleton.Limbs)
        {
            if (joints[from].Shown && joints[to].Shown)
                shapes.Add(new PolylineShape([joints[from].X, joints[from].Y, joints[to].X, joints[to].Y], Closed: false, null, null, group));
        }
        for (int j = 0; j < joints.Length; j++)
        {
            if (joints[j].Shown)
                shapes.Add(new PointShape(joints[j].X, joints[j].Y, skeleton.Joints[j], joints[j].Score, group));
        }
    }
}
