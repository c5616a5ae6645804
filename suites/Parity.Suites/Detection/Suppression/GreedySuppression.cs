using System.Numerics;
using System.Runtime.Intrinsics;

namespace Parity.Suites.Detection;

/// <summary>
/// Goes through candidates by descending score and keeps those that no kept box suppresses: the same set as marking forward from each kept box.
/// Kept boxes are columns by class, so that most are passed over a vector at a time.
/// </summary>
internal static class GreedySuppression
{
    public static void Run<TRule>(Candidates candidates, ReadOnlySpan<int> order, SuppressionSettings settings, List<int> kept, List<SuppressedBox> suppressed)
        where TRule : struct, IOverlapRule
    {
        var classes = new Dictionary<int, KeptBoxes>();
        bool disjointSuppresses = TRule.Suppresses(0, settings.Iou);
        foreach (int item in order)
        {
            int group = settings.ClassWise ? candidates.Classes[item] : 0;
            if (!classes.TryGetValue(group, out KeptBoxes? boxes))
                classes.Add(group, boxes = new KeptBoxes());
            CornerBox box = Corners<TRule>(candidates, item);
            int by = First<TRule>(boxes, box, settings.Iou, disjointSuppresses, out float iou);
            if (by >= 0)
            {
                suppressed.Add(new SuppressedBox(item, boxes.Items[by], iou));
            }
            else if (boxes.Count >= settings.MaxPerClass)
            {
                suppressed.Add(new SuppressedBox(item, -1, 0));
            }
            else
            {
                boxes.Add(box, item);
                kept.Add(item);
            }
        }
    }

    private static CornerBox Corners<TRule>(Candidates candidates, int item)
        where TRule : struct, IOverlapRule
    {
        float left = candidates.Left[item], top = candidates.Top[item], right = candidates.Right[item], bottom = candidates.Bottom[item];
        if (TRule.Reorders)
            (left, top, right, bottom) = (Math.Min(left, right), Math.Min(top, bottom), Math.Max(left, right), Math.Max(top, bottom));
        return new CornerBox(left, top, right, bottom, (right - left + TRule.Offset) * (bottom - top + TRule.Offset));
    }

    /// <summary>Index of the first kept box that suppresses <paramref name="box"/>; -1 when none does.</summary>
    private static int First<TRule>(KeptBoxes kept, in CornerBox box, double threshold, bool disjointSuppresses, out float iou)
        where TRule : struct, IOverlapRule
    {
        int i = 0;
        iou = 0;
        if (!disjointSuppresses)
        {
            var left = Vector256.Create(box.Left);
            var top = Vector256.Create(box.Top);
            var right = Vector256.Create(box.Right + TRule.Offset);
            var bottom = Vector256.Create(box.Bottom + TRule.Offset);
            var offset = Vector256.Create(TRule.Offset);
            for (; i + Vector256<float>.Count <= kept.Count; i += Vector256<float>.Count)
            {
                // A cheap test that never misses an overlap: corners may touch by rounding, then the exact test below says 0.
                Vector256<float> near =
                    Vector256.LessThanOrEqual(Vector256.Create(kept.Left, i), right) & Vector256.GreaterThanOrEqual(Vector256.Create(kept.Right, i) + offset, left)
                    & Vector256.LessThanOrEqual(Vector256.Create(kept.Top, i), bottom) & Vector256.GreaterThanOrEqual(Vector256.Create(kept.Bottom, i) + offset, top);
                for (uint lanes = near.ExtractMostSignificantBits(); lanes != 0; lanes &= lanes - 1)
                {
                    int j = i + BitOperations.TrailingZeroCount(lanes);
                    if (Test<TRule>(kept, j, box, threshold, out iou))
                        return j;
                }
            }
        }
        for (; i < kept.Count; i++)
        {
            if (Test<TRule>(kept, i, box, threshold, out iou))
                return i;
        }
        return -1;
    }

    private static bool Test<TRule>(KeptBoxes kept, int i, in CornerBox box, double threshold, out float iou)
        where TRule : struct, IOverlapRule
    {
        float width = Math.Max(0, Math.Min(kept.Right[i], box.Right) - Math.Max(kept.Left[i], box.Left) + TRule.Offset);
        float height = Math.Max(0, Math.Min(kept.Bottom[i], box.Bottom) - Math.Max(kept.Top[i], box.Top) + TRule.Offset);
        iou = TRule.Iou(width * height, kept.Areas[i], box.Area);
        return TRule.Suppresses(iou, threshold);
    }

    private readonly record struct CornerBox(float Left, float Top, float Right, float Bottom, float Area);

    private sealed class KeptBoxes
    {
        public float[] Left = new float[32], Top = new float[32], Right = new float[32], Bottom = new float[32], Areas = new float[32];
        public int[] Items = new int[32];

        public int Count { get; private set; }

        public void Add(in CornerBox box, int item)
        {
            if (Count == Items.Length)
            {
                int size = Count * 2;
                Array.Resize(ref Left, size);
                Array.Resize(ref Top, size);
                Array.Resize(ref Right, size);
                Array.Resize(ref Bottom, size);
                Array.Resize(ref Areas, size);
                Array.Resize(ref Items, size);
            }
            (Left[Count], Top[Count], Right[Count], Bottom[Count], Areas[Count], Items[Count]) = (box.Left, box.Top, box.Right, box.Bottom, box.Area, item);
            Count++;
        }
    }
}
