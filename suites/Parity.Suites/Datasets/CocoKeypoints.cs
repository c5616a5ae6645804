using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json;
using Parity.Core;
using Parity.Suites.Keypoints;

namespace Parity.Suites.Datasets;

/// <summary>The joints of a COCO file: <c>keypoints</c> and <c>skeleton</c> of the first category that has them, <c>keypoints</c> of the annotations.</summary>
internal sealed class CocoKeypoints
{
    private readonly FrozenDictionary<long, ImmutableArray<JointLabel>> _joints;
    private readonly ImmutableArray<JointLabel> _none;

    private CocoKeypoints(Skeleton? skeleton, FrozenDictionary<long, ImmutableArray<JointLabel>> joints) =>
        (Skeleton, _joints, _none) = (skeleton, joints, [.. (skeleton?.Joints ?? []).Select(_ => default(JointLabel))]);

    public Skeleton? Skeleton { get; }

    /// <summary>All of the skeleton's joints; not labelled where the annotation has none.</summary>
    public ImmutableArray<JointLabel> JointsOf(CocoAnnotation annotation) => _joints.GetValueOrDefault(annotation.Id, _none);

    /// <exception cref="FaultException">An annotation's keypoints are not three finite numbers for each joint.</exception>
    public static CocoKeypoints Of(CocoDataset dataset)
    {
        (Skeleton? skeleton, long category) = (null, 0);
        foreach (CocoCategory candidate in dataset.Categories)
        {
            if (SkeletonOf(dataset.ReadJson(candidate.Json)) is not { } found)
                continue;
            (skeleton, category) = (found, candidate.Id);
            break;
        }
        var joints = new Dictionary<long, ImmutableArray<JointLabel>>();
        var faults = new CappedFaults(dataset.Name);
        if (skeleton is not null)
        {
            foreach (CocoAnnotation annotation in dataset.Samples.SelectMany(s => dataset.Annotations(s)).Where(a => a.CategoryId == category))
            {
                if (!dataset.ReadJson(annotation.Json).TryGetProperty("keypoints", out JsonElement list))
                    continue;
                if (Joints(list, skeleton.Joints.Length) is { } read)
                    joints.Add(annotation.Id, read);
                else
                    faults.Add("keypoints", $"its keypoints are not x, y and visibility of {skeleton.Joints.Length} joints", $"annotations (id {annotation.Id})", "Correct it, or what wrote the file.");
            }
        }
        faults.ThrowIfAny();
        return new CocoKeypoints(skeleton, joints.ToFrozenDictionary());
    }

    private static Skeleton? SkeletonOf(JsonElement category)
    {
        if (!category.TryGetProperty("keypoints", out JsonElement names) || names.ValueKind != JsonValueKind.Array || names.GetArrayLength() == 0)
            return null;
        int count = names.GetArrayLength();
        ImmutableArray<(int, int)> limbs = category.TryGetProperty("skeleton", out JsonElement pairs) && pairs.ValueKind == JsonValueKind.Array
            // COCO counts joints from 1 here.
            ? [.. pairs.EnumerateArray().Where(p => p.GetArrayLength() == 2).Select(p => (p[0].GetInt32() - 1, p[1].GetInt32() - 1)).Where(p => p.Item1 >= 0 && p.Item2 >= 0 && p.Item1 < count && p.Item2 < count)]
            : [];
        return new Skeleton([.. names.EnumerateArray().Select(n => n.ToString())], limbs);
    }

    private static ImmutableArray<JointLabel>? Joints(JsonElement list, int count)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != 3 * count)
            return null;
        var numbers = new double[3 * count];
        for (int i = 0; i < numbers.Length; i++)
        {
            if (list[i].ValueKind != JsonValueKind.Number || !list[i].TryGetDouble(out numbers[i]) || !double.IsFinite(numbers[i]))
                return null;
        }
        return [.. Enumerable.Range(0, count).Select(j => new JointLabel(numbers[3 * j], numbers[3 * j + 1], (int)numbers[3 * j + 2]))];
    }
}
