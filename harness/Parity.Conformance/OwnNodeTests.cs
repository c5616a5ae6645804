using System.Globalization;
using Parity.Core;
using Parity.Onnx;
using Parity.Suites.Detection;
using Parity.Suites.Imaging;

namespace Parity.Conformance;

/// <summary>The ONNX node tests of operators that the product computes itself: suppression, and the resizing of pictures.</summary>
internal static class OwnNodeTests
{
    /// <summary>Pictures hold bytes: values are multiplied by this, and the result may be off by the rounding to a byte and of 11-bit coefficients.</summary>
    private const int Resolution = 15;

    public static Rule In(string folder)
    {
        string[] tests = NodeTests.List(folder);
        return new Rule("ONNX node tests, own code", "onnx/onnx backend/test/data/node", [], "Parity.Suites", _ => tests.Select(Try).OfType<Checked>());
    }

    /// <summary>Null where the product has no such operator.</summary>
    private static Checked? Try(string folder)
    {
        string name = Path.GetFileName(folder);
        Node node = OnnxModel.Load(Path.Combine(folder, "model.onnx")).Graph.Nodes[0];
        string data = Path.Combine(folder, "test_data_set_0");
        if (node.Is("NonMaxSuppression"))
            return Checked.Of(name, Rows(TensorFile.Read(Path.Combine(data, "output_0.pb")).Tensor), () => Suppressed(node, data));
        return node.Is("Resize") ? Resized(name, node, data) : null;
    }

    private static string Suppressed(Node node, string data)
    {
        Tensor[] inputs = [.. Enumerable.Range(0, 5).Select(i => Path.Combine(data, FormattableString.Invariant($"input_{i}.pb"))).Where(File.Exists).Select(f => TensorFile.Read(f).Tensor)];
        ReadOnlySpan<float> boxes = inputs[0].Span<float>(), scores = inputs[1].Span<float>();
        (int batches, int classes, int count) = (inputs[1].Shape[0], inputs[1].Shape[1], inputs[1].Shape[2]);
        var settings = new SuppressionSettings(inputs[3].Span<float>()[0], ClassWise: true, (int)inputs[2].Span<long>()[0]);
        float least = inputs.Length > 4 ? inputs[4].Span<float>()[0] : float.NegativeInfinity;
        bool centred = node.Int("center_point_box", 0) == 1;
        var rows = new List<string>();
        for (int b = 0; b < batches; b++)
        {
            for (int c = 0; c < classes; c++)
            {
                var candidates = new Candidates();
                for (int i = 0; i < count; i++)
                {
                    ReadOnlySpan<float> box = boxes.Slice(((b * count) + i) * 4, 4);
                    (float left, float top, float right, float bottom) = centred
                        ? (box[0] - (box[2] / 2), box[1] - (box[3] / 2), box[0] + (box[2] / 2), box[1] + (box[3] / 2))
                        : (box[1], box[0], box[3], box[2]);
                    float score = scores[(((b * classes) + c) * count) + i];
                    if (score > least)
                        candidates.Add(left, top, right, bottom, score, c, i);
                }
                int[] order = [.. Enumerable.Range(0, candidates.Count).OrderByDescending(i => candidates.Scores[i])];
                var kept = new List<int>();
                new OnnxSuppression().Suppress(candidates, order, settings, kept, []);
                foreach (int row in kept)
                    rows.Add(FormattableString.Invariant($"{b} {c} {candidates.Indices[row]}"));
            }
        }
        return string.Join("; ", rows);
    }

    private static string Rows(Tensor selected) => string.Join("; ", selected.Span<long>().ToArray().Chunk(3).Select(r => string.Join(' ', r)));

    /// <summary>Ours is OpenCV's linear resizing: half-pixel centres, no antialiasing, factors that are the quotient of the sizes.</summary>
    private static Checked? Resized(string name, Node node, string data)
    {
        Tensor from = TensorFile.Read(Path.Combine(data, "input_0.pb")).Tensor, to = TensorFile.Read(Path.Combine(data, "output_0.pb")).Tensor;
        if (node.Text("mode", "nearest") != "linear" || node.Text("coordinate_transformation_mode", "half_pixel") != "half_pixel" || node.Int("antialias", 0) != 0
            || from.Shape is not [1, 1, var height, var width] || to.Shape is not [1, 1, var newHeight, var newWidth])
            return null;
        // Optional inputs that are left out have no file, so the scales are whichever input holds four floats.
        bool fractional = Directory.GetFiles(data, "input_*.pb").Where(f => !f.EndsWith("input_0.pb", StringComparison.Ordinal)).Select(f => TensorFile.Read(f).Tensor)
            .Any(t => t is { Type: ElementType.Float32, Count: 4 } && (t.Span<float>()[2] * height != newHeight || t.Span<float>()[3] * width != newWidth));
        if (fractional)
            return null;
        return Checked.Of(name, "within 1 of 255", () =>
        {
            var bgr = new byte[width * height * 3];
            for (int i = 0; i < bgr.Length; i++)
                bgr[i] = checked((byte)(from.Span<float>()[i / 3] * Resolution));
            Picture resized = BilinearResize.Resize(new Picture(width, height, bgr), newWidth, newHeight);
            for (int i = 0; i < to.Count; i++)
            {
                float expected = to.Span<float>()[i] * Resolution;
                if (Math.Abs(resized.Bgr[i * 3] - expected) > 1)
                    return string.Create(CultureInfo.InvariantCulture, $"pixel {i} is {resized.Bgr[i * 3]}, not {expected:R}");
            }
            return "within 1 of 255";
        });
    }
}
