using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>How far the same joints lie apart in two sets of predictions, without regard to the truth.</summary>
/// <remarks>
/// Instances of the reference that score .3 or more are paired as <see cref="BoxPairs"/> has it. A joint's shift is the distance as a share of the square root of the reference box's area; its flip is a score that crosses .5.
/// </remarks>
public static class PoseComparison
{
    private const float LeastScore = 0.3f, Visible = 0.5f;

    /// <summary>For each joint <c>shift/NAME</c> (median) and <c>flips/NAME</c> (share); before them <c>shift</c> and <c>flips</c> of all and <c>unpaired</c> instances.</summary>
    /// <param name="target">Of the same samples, in the same order.</param>
    public static ImmutableArray<Measurement> Compare(IReadOnlyList<PosePrediction> reference, IReadOnlyList<PosePrediction> target, Skeleton skeleton)
    {
        List<double>[] shifts = [.. skeleton.Joints.Select(_ => new List<double>())];
        var flips = new int[shifts.Length];
        int instances = 0, unpaired = 0;
        for (int i = 0; i < reference.Count; i++)
        {
            foreach ((DetectedPose pose, DetectedPose? other) in BoxPairs.Of(reference[i].Poses, target[i].Poses, p => p.Box, LeastScore))
            {
                instances++;
                if (other is null)
                {
                    unpaired++;
                    continue;
                }
                double scale = Math.Sqrt((double)pose.Box.Width * pose.Box.Height);
                for (int j = 0; j < shifts.Length; j++)
                {
                    JointPoint a = pose.Joints[j], b = other.Joints[j];
                    flips[j] += a.Score >= Visible != b.Score >= Visible ? 1 : 0;
                    shifts[j].Add(Math.Sqrt(((double)a.X - b.X) * ((double)a.X - b.X) + ((double)a.Y - b.Y) * ((double)a.Y - b.Y)) / scale);
                }
            }
        }
        return [
            Value("unpaired", instances > 0 ? (double)unpaired / instances : null, "fraction", instances),
            Value("shift", Median([.. shifts.SelectMany(s => s)]), "of the box's side", shifts.Sum(s => s.Count)),
            Value("flips", Share(flips.Sum(), shifts.Sum(s => s.Count)), "fraction", shifts.Sum(s => s.Count)),
            .. skeleton.Joints.Select((name, j) => Value($"shift/{name}", Median(shifts[j]), "of the box's side", shifts[j].Count)),
            .. skeleton.Joints.Select((name, j) => Value($"flips/{name}", Share(flips[j], shifts[j].Count), "fraction", shifts[j].Count))];
    }

    private static Measurement Value(string name, double? value, string unit, int count) => new(name, value, unit, Direction.LowerIsBetter, count);

    private static double? Share(int part, int count) => count > 0 ? (double)part / count : null;

    private static double? Median(List<double> values)
    {
        if (values.Count == 0)
            return null;
        values.Sort();
        return (values[(values.Count - 1) / 2] + values[values.Count / 2]) / 2;
    }
}
