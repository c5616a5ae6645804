using System.Numerics;
using Parity.Core;
using Parity.Onnx;
using Parity.Suites.Detection;

namespace Parity.Conformance;

/// <summary>What is selected at ties and thresholds: the operators TopK and NonMaxSuppression of a backend, and the contracts of our own suppression.</summary>
internal static class SelectionRules
{
    private static readonly (float[] Values, int K, bool Largest, int[] Expected)[] Ties =
    [
        ([2, 2, 2, 2], 2, true, [0, 1]), ([1, 3, 3, 2], 3, true, [1, 2, 3]), ([5, 1, 5, 1, 5], 3, true, [0, 2, 4]),
        ([5, 1, 5, 1, 5], 2, false, [1, 3]), ([0, -0.0f, 0], 2, true, [0, 1]), ([-1, -1, -2], 1, true, [0]), ([1, 1, 1, 1, 1, 1, 1, 1, 1], 9, true, [0, 1, 2, 3, 4, 5, 6, 7, 8]),
    ];

    // Areas and overlaps are small integers and thresholds binary fractions, so that every quotient and comparison is exact in float32.
    private static readonly (string Case, int[][] Boxes, float[] Scores, float Threshold)[] Overlaps =
    [
        ("IoU 1/2 at 1/2", [[0, 0, 2, 2], [0, 0, 2, 1]], [0.75f, 0.5f], 0.5f),
        ("IoU 1/4 at 1/4", [[0, 0, 4, 4], [0, 0, 2, 2]], [0.75f, 0.5f], 0.25f),
        ("IoU 1/2 at 1/4", [[0, 0, 2, 2], [0, 0, 2, 1]], [0.75f, 0.5f], 0.25f),
        ("IoU 1/2 at 3/4", [[0, 0, 2, 2], [0, 0, 2, 1]], [0.75f, 0.5f], 0.75f),
        ("equal boxes at 1", [[1, 1, 3, 3], [1, 1, 3, 3]], [0.75f, 0.5f], 1),
        ("sides that touch, at 0", [[0, 0, 2, 2], [2, 0, 4, 2]], [0.75f, 0.5f], 0),
        ("apart, at 0", [[0, 0, 2, 2], [6, 0, 8, 2]], [0.75f, 0.5f], 0),
        ("counting pixels, IoU 1/2 at 1/2", [[0, 0, 3, 3], [0, 0, 3, 1]], [0.75f, 0.5f], 0.5f),
        ("a suppressed box suppresses none", [[0, 0, 4, 4], [1, 0, 5, 4], [3, 0, 7, 4]], [0.75f, 0.5f, 0.25f], 0.5f),
        ("the best of three wherever it stands", [[0, 0, 2, 1], [0, 0, 2, 2], [8, 8, 9, 9]], [0.5f, 0.75f, 0.25f], 0.25f),
    ];

    public static Rule TopK { get; } = new("TopK, ties", "ONNX TopK-11: of equal values the lower index comes first", [], null, subject => Ties.Select(t => Checked.Of(
        $"[{string.Join(", ", t.Values)}], k {t.K}, {(t.Largest ? "largest" : "smallest")}", string.Join(' ', t.Expected), () =>
        {
            Tensor indices = TinyModel.Run(subject, 13, t.Values, graph =>
            {
                graph.SetInitializer("k", Tensor.Create(new long[] { t.K }, 1));
                graph.Add(new Node("TopK", [TinyModel.Input, "k"], ["values", "indices"]).Set("axis", 3).Set("largest", t.Largest ? 1 : 0).Set("sorted", 1));
                graph.AddOutput("indices", TensorType.Int64, [1, 3, 1, t.K]);
            })["indices"];
            return string.Join(' ', indices.Span<long>()[..t.K].ToArray());
        })));

    public static Rule BackendNms { get; } = new("NonMaxSuppression at the threshold", "ONNX NonMaxSuppression-11: IoU over the threshold suppresses, a score at it is dropped; exact reference", [], null, subject =>
        Overlaps.Select(o => Checked.Of(o.Case, Expected(o, 0, suppressesAt: false), () => OnBackend(subject, o, scoreThreshold: null)))
            .Append(Checked.Of("score at its threshold", "0", () => OnBackend(subject, ("", [[0, 0, 2, 2], [6, 0, 8, 2]], [0.75f, 0.5f], 0.5f), scoreThreshold: 0.5f))));

    public static Rule Contracts { get; } = new("suppression contracts at the threshold", "the implementations that each contract names; exact reference", [], "Parity.Suites suppressions", _ =>
        from suppression in Suppressions.All
        from o in Overlaps
        select Checked.Of($"{suppression.Contract}: {o.Case}", Expected(o, suppression.Contract == "yolox" ? 1 : 0, suppression.Contract == "efficient-nms"), () =>
        {
            var candidates = new Candidates();
            for (int i = 0; i < o.Boxes.Length; i++)
                candidates.Add(o.Boxes[i][0], o.Boxes[i][1], o.Boxes[i][2], o.Boxes[i][3], o.Scores[i], 0, i);
            int[] order = [.. Enumerable.Range(0, o.Boxes.Length).OrderByDescending(i => o.Scores[i])];
            var kept = new List<int>();
            suppression.Suppress(candidates, order, new SuppressionSettings(o.Threshold, ClassWise: true, null), kept, []);
            return string.Join(' ', kept);
        }));

    /// <summary>Greedy by score over exact fractions.</summary>
    /// <param name="offset">Added to each side.</param>
    /// <param name="suppressesAt">An IoU equal to the threshold suppresses, provided the boxes overlap or the threshold is over 0.</param>
    private static string Expected((string Case, int[][] Boxes, float[] Scores, float Threshold) o, int offset, bool suppressesAt)
    {
        var kept = new List<int>();
        foreach (int i in Enumerable.Range(0, o.Boxes.Length).OrderByDescending(i => o.Scores[i]))
        {
            if (!kept.Any(k => Iou(o.Boxes[k], o.Boxes[i], offset).CompareTo(Rational.Of(o.Threshold)) is var order && (order > 0 || order == 0 && suppressesAt)))
                kept.Add(i);
        }
        return string.Join(' ', kept);
    }

    private static Rational Iou(int[] a, int[] b, int offset)
    {
        int width = Math.Max(0, Math.Min(a[2], b[2]) - Math.Max(a[0], b[0]) + offset), height = Math.Max(0, Math.Min(a[3], b[3]) - Math.Max(a[1], b[1]) + offset);
        int shared = width * height;
        return new Rational(shared, new BigInteger(Area(a) + Area(b) - shared));

        int Area(int[] box) => (box[2] - box[0] + offset) * (box[3] - box[1] + offset);
    }

    private static string OnBackend(Subject subject, (string Case, int[][] Boxes, float[] Scores, float Threshold) o, float? scoreThreshold)
    {
        OnnxModel model = OnnxModel.Create(13);
        Graph graph = model.Graph;
        graph.SetInitializer("boxes", Tensor.Create([.. o.Boxes.SelectMany(b => new float[] { b[1], b[0], b[3], b[2] })], 1, o.Boxes.Length, 4));
        graph.SetInitializer("scores", Tensor.Create(o.Scores, 1, 1, o.Scores.Length));
        graph.SetInitializer("most", Tensor.Create(new long[] { 100 }, 1));
        graph.SetInitializer("iou", Tensor.Create(new[] { o.Threshold }, 1));
        string[] inputs = ["boxes", "scores", "most", "iou"];
        if (scoreThreshold is { } threshold)
        {
            graph.SetInitializer("score", Tensor.Create(new[] { threshold }, 1));
            inputs = [.. inputs, "score"];
        }
        graph.Add(new Node("NonMaxSuppression", inputs, ["selected"]));
        graph.AddOutput("selected", TensorType.Int64, [-1, 3]);
        long[] rows = TinyModel.RunWithoutInput(subject, model)["selected"].Span<long>().ToArray();
        return string.Join(' ', rows.Where((_, i) => i % 3 == 2));
    }
}
