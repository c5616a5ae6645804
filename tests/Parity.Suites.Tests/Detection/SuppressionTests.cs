using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Tests.Detection;

public class SuppressionTests
{
    private static readonly Placement Identity = new(1, 1, 0, 0, 1000, 1000, 1000, 1000);

    [Theory]
    [InlineData("torchvision", true)]
    [InlineData("onnx", true)]
    [InlineData("yolox", true)]
    [InlineData("efficient-nms", false)]
    public void An_overlap_equal_to_the_threshold_suppresses_in_efficient_nms_only(string contract, bool survives)
    {
        // Sides 10 and half of it: IoU is 1/2 exactly. For yolox sides count one more: 11 x 11 against 11 x 5.5.
        Candidates c = contract == "yolox"
            ? Boxes((0, 0, 10, 10, 0.9f, 0), (0, 0, 10, 4.5f, 0.8f, 0))
            : Boxes((0, 0, 10, 10, 0.9f, 0), (0, 0, 10, 5, 0.8f, 0));
        Kept(contract, c, 0.5).Should().Equal(survives ? [0, 1] : [0]);
    }

    [Fact]
    public void Torchvision_compares_in_double_and_onnx_in_float()
    {
        // The IoU is 3/5, as float a little above 0.6.
        Candidates c = Boxes((0, 0, 5, 1, 0.9f, 0), (0, 0, 3, 1, 0.8f, 0));
        ((double)0.6f).Should().BeGreaterThan(0.6);
        Kept("torchvision", c, 0.6).Should().Equal(0);
        Kept("onnx", c, 0.6).Should().Equal(0, 1);
    }

    [Fact]
    public void Yolox_counts_a_pixel_more_so_that_small_boxes_overlap_more()
    {
        // 2 x 2 boxes one apart: 2/6 plainly, 3 x 3 with 6 shared of 12 by +1.
        Candidates c = Boxes((0, 0, 2, 2, 0.9f, 0), (1, 0, 3, 2, 0.8f, 0));
        Kept("torchvision", c, 0.4).Should().Equal(0, 1);
        Kept("yolox", c, 0.4).Should().Equal(0);
        Kept("yolox", Boxes((0, 0, 2, 2, 0.9f, 0), (2.5f, 0, 4.5f, 2, 0.8f, 0)), 0.09).Should().Equal([0], "boxes half a pixel apart share 0.5 x 3 of 16.5");
    }

    [Fact]
    public void Boxes_of_other_classes_suppress_only_when_agnostic()
    {
        Candidates c = Boxes((0, 0, 10, 10, 0.9f, 0), (0, 0, 10, 10, 0.8f, 1), (0, 0, 10, 10, 0.7f, 0));
        Kept("torchvision", c, 0.5).Should().Equal(0, 1);
        Kept("torchvision", c, 0.5, classWise: false).Should().Equal(0);
    }

    [Theory]
    [InlineData("torchvision", 0)]
    [InlineData("efficient-nms", 0)]
    [InlineData("onnx", 0)]
    [InlineData("yolox", 2)]
    public void Among_equal_scores_yolox_keeps_the_last_and_others_the_first(string contract, int kept) =>
        Kept(contract, Boxes((0, 0, 10, 10, 0.5f, 0), (0, 0, 10, 10, 0.5f, 0), (0, 0, 10, 10, 0.5f, 0)), 0.5).Should().Equal(kept);

    /// <summary>Vectors of ONNX's node tests test_nonmaxsuppression_suppress_by_IOU, _limit_output_size, _identical_boxes and _flipped_coordinates.</summary>
    [Fact]
    public void The_onnx_contract_agrees_with_the_operators_own_examples()
    {
        (float, float, float, float, float, int)[] six =
        [
            (0, 0, 1, 1, 0.9f, 0), (0, 0.1f, 1, 1.1f, 0.75f, 0), (0, -0.1f, 1, 0.9f, 0.6f, 0),
            (0, 10, 1, 11, 0.95f, 0), (0, 10.1f, 1, 11.1f, 0.5f, 0), (0, 100, 1, 101, 0.3f, 0),
        ];
        Kept("onnx", Boxes(six), 0.5).Should().Equal(3, 0, 5);
        Kept("onnx", Boxes(six), 0.5, maxPerClass: 2).Should().Equal(3, 0);
        (float, float, float, float, float, int)[] flipped =
        [
            (1, 1, 0, 0, 0.9f, 0), (0, 0.1f, 1, 1.1f, 0.75f, 0), (0, 0.9f, 1, -0.1f, 0.6f, 0),
            (0, 10, 1, 11, 0.95f, 0), (1, 10.1f, 0, 11.1f, 0.5f, 0), (1, 101, 0, 100, 0.3f, 0),
        ];
        Kept("onnx", Boxes(flipped), 0.5).Should().Equal(3, 0, 5);
        Kept("onnx", Boxes([.. Enumerable.Repeat((0f, 0f, 1f, 1f, 0.9f, 0), 10)]), 0.5).Should().Equal(0);
    }

    /// <summary>Against the plain quadratic form of torchvision's kernel, on enough boxes for the vector path.</summary>
    [Theory]
    [InlineData("torchvision")]
    [InlineData("efficient-nms")]
    [InlineData("onnx")]
    [InlineData("yolox")]
    public void The_fast_path_keeps_what_marking_forward_keeps(string contract)
    {
        var random = new Random(11);
        for (int round = 0; round < 10; round++)
        {
            // Coordinates on a coarse grid make touching edges and overlaps at the threshold common.
            Candidates c = Boxes([.. Enumerable.Range(0, 300).Select(_ =>
            {
                float x = random.Next(40), y = random.Next(40);
                return (x, y, x + random.Next(12), y + random.Next(12), random.Next(50) / 64f, random.Next(3));
            })]);
            foreach (double threshold in new[] { 0, 0.25, 0.5 })
                Kept(contract, c, threshold).Should().Equal(Plain(contract, c, threshold), "round {0}, threshold {1}", round, threshold);
        }
    }

    [Fact]
    public void Every_candidate_is_counted_once_and_explained_once()
    {
        Candidates c = Boxes(
            (0, 0, 10, 10, 0.9f, 0), (1, 0, 11, 10, 0.8f, 0), (100, 0, 110, 10, 0.7f, 0), (200, 0, 210, 10, 0.6f, 0), (300, 0, 310, 10, 0.5f, 0));
        var settings = new SelectionSettings(4, new TorchvisionSuppression(), new SuppressionSettings(0.5, true, null), 2, false);
        DetectionPrediction prediction = Selection.Select(c, "1", Identity, settings, [0], explain: true);
        prediction.Boxes.Select(b => b.Candidate).Should().Equal(0, 2);
        prediction.Counts.Should().Equal(new Dictionary<string, int>
        {
            ["candidates"] = 5, ["kept"] = 2, ["limit.cut"] = 1, ["nms.suppressed"] = 1, ["topk.cut"] = 1,
        });
        float iou = 90f / (100 + 100 - 90);
        prediction.Decisions.Should().Equal(
            new Decision("limit", 0, "kept", null, 0.9f), new Decision("limit", 2, "kept", null, 0.7f), new Decision("limit", 3, "cut", null, 2),
            new Decision("nms", 1, "suppressed", 0, iou), new Decision("topk", 4, "cut", null, 4));
    }

    [Fact]
    public void Boxes_are_mapped_to_the_picture_and_clipped_only_when_asked()
    {
        var placement = new Placement(0.5, 0.25, 10, 20, 100, 200, 64, 64);
        DetectionPrediction Select(bool clip) => Selection.Select(
            Boxes((5, 25, 30, 30, 0.9f, 0)), "1", placement, new SelectionSettings(null, new TorchvisionSuppression(), new(0.5, true, null), null, clip), [3], false);
        Select(false).Boxes.Should().Equal(new DetectedBox(-10, 20, 50, 20, 0.9f, 3, 0));
        Select(true).Boxes.Should().Equal(new DetectedBox(0, 20, 40, 20, 0.9f, 3, 0));
        Select(true).Decisions.Should().BeEmpty();
    }

    [Fact]
    public void Other_contracts_are_counted_on_the_same_candidates()
    {
        // The second overlaps the first by exactly the threshold: EfficientNMS drops it, the others keep it.
        Candidates c = Boxes((0, 0, 10, 10, 0.9f, 0), (5, 0, 10, 10, 0.8f, 0), (100, 0, 110, 10, 0.7f, 0));
        var settings = new SelectionSettings(null, new TorchvisionSuppression(), new SuppressionSettings(0.5, true, null), null, false, CompareContracts: true);
        DetectionPrediction prediction = Selection.Select(c, "1", Identity, settings, [0], explain: false);
        prediction.Boxes.Should().HaveCount(3);
        prediction.Counts.Where(n => n.Key.StartsWith("contract.", StringComparison.Ordinal)).Should().Equal(new Dictionary<string, int>
        {
            ["contract.efficient-nms.extra"] = 0, ["contract.efficient-nms.lost"] = 1, ["contract.onnx.extra"] = 0, ["contract.onnx.lost"] = 0,
            ["contract.topk-3840.extra"] = 0, ["contract.topk-3840.lost"] = 0, ["contract.yolox.extra"] = 0, ["contract.yolox.lost"] = 1,
        });
    }

    private static int[] Kept(string contract, Candidates c, double iou, bool classWise = true, int? maxPerClass = null)
    {
        ISuppression suppression = Suppressions.All.Single(s => s.Contract == contract);
        var settings = new SelectionSettings(null, suppression, new SuppressionSettings(iou, classWise, maxPerClass), null, false);
        DetectionPrediction prediction = Selection.Select(c, "1", Identity, settings, [0, 1, 2], false);
        return [.. prediction.Boxes.Select(b => b.Candidate)];
    }

    private static IEnumerable<int> Plain(string contract, Candidates c, double threshold)
    {
        float offset = contract == "yolox" ? 1 : 0;
        int[] order = [.. Enumerable.Range(0, c.Count).OrderByDescending(i => c.Scores[i]).ThenBy(i => contract == "yolox" ? -i : i)];
        var dropped = new bool[c.Count];
        for (int i = 0; i < order.Length; i++)
        {
            int a = order[i];
            if (dropped[a])
                continue;
            yield return a;
            foreach (int b in order[(i + 1)..].Where(b => c.Classes[b] == c.Classes[a]))
            {
                float w = Math.Max(0, Math.Min(c.Right[a], c.Right[b]) - Math.Max(c.Left[a], c.Left[b]) + offset);
                float h = Math.Max(0, Math.Min(c.Bottom[a], c.Bottom[b]) - Math.Max(c.Top[a], c.Top[b]) + offset);
                float iou = w * h == 0 ? 0 : w * h / (Area(a) + Area(b) - (w * h));
                dropped[b] |= contract == "efficient-nms" ? iou >= threshold : iou > threshold;
            }
        }

        float Area(int i) => (c.Right[i] - c.Left[i] + offset) * (c.Bottom[i] - c.Top[i] + offset);
    }

    private static Candidates Boxes(params (float L, float T, float R, float B, float Score, int Class)[] boxes)
    {
        var c = new Candidates();
        for (int i = 0; i < boxes.Length; i++)
            c.Add(boxes[i].L, boxes[i].T, boxes[i].R, boxes[i].B, boxes[i].Score, boxes[i].Class, i);
        return c;
    }
}
