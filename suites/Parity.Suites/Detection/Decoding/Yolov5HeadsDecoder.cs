using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>
/// YOLOv5 cut before its decoding, as boards often run it: an output a stride, [1, A*(5 + classes), H, W] or [1, A, H, W, 5 + classes], of logits s.
/// With p = sigmoid(s): centre = (2p - 0.5 + cell) * stride, size = (2p)^2 * anchor, score = objectness * class score (ultralytics/yolov5, models/yolo.py, Detect).
/// Candidate index: heads in order, in each anchor by anchor, row by row.
/// </summary>
public sealed class Yolov5HeadsDecoder(ImmutableArray<Yolov5Head> heads) : IBoxDecoder
{
    public string Kind => "yolov5";

    public bool EndsInNms => false;

    public static IBoxDecoder FromSettings(Settings settings)
    {
        var heads = ImmutableArray.CreateBuilder<Yolov5Head>();
        foreach (SettingsValue item in settings.Items("heads"))
        {
            if (item.Section is not { } head)
            {
                settings.Faults.Add($"a head is {item.Describe()}, not a section", item.Where, "Write output, stride and anchors of the head.");
                continue;
            }
            string output = head.Text("output");
            int stride = head.Integer("stride", least: 1);
            ImmutableArray<double> anchors = head.Numbers("anchors");
            if (head.Has("anchors") && (anchors.Length == 0 || anchors.Length % 2 != 0 || anchors.Any(a => a <= 0)))
                settings.Faults.Add("'anchors' are not pairs of width and height above 0", item.Where, "Write width and height of each anchor in pixels, such as [10,13, 16,30, 33,23].");
            head.RejectUnknown();
            heads.Add(new Yolov5Head(new DecoderOutput(output), stride, [.. anchors.Select(a => (float)a)]));
        }
        if (heads.Count == 0)
            settings.Faults.Add("'heads' lists no head", settings.Where, "Write a section with output, stride and anchors for each head.");
        return new Yolov5HeadsDecoder(heads.ToImmutable());
    }

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int classes, string model, FaultList faults)
    {
        foreach (Yolov5Head head in heads)
        {
            if (head.Output.Find(outputs, model, faults) is not { } port)
                continue;
            int columns = 5 + classes;
            string wanted = $"[1, {head.Count * columns}, H, W] or [1, {head.Count}, H, W, {columns}] as a yolov5 head with {head.Count} anchors wants for {classes} classes";
            if (port.Shape.Length == 5)
                DecoderOutput.CheckShape(port, wanted, model, faults, 1, head.Count, null, null, columns);
            else
                DecoderOutput.CheckShape(port, wanted, model, faults, 1, head.Count * columns, null, null);
        }
    }

    public void Decode(IReadOnlyDictionary<string, Tensor> outputs, DecodeRequest request, Candidates candidates)
    {
        int first = 0;
        foreach (Yolov5Head head in heads)
            first += DecodeHead(head, outputs, request, first, candidates);
    }

    private static int DecodeHead(Yolov5Head head, IReadOnlyDictionary<string, Tensor> outputs, DecodeRequest request, int first, Candidates candidates)
    {
        ReadOnlySpan<float> values = head.Output.Floats(outputs, request.Sample, out ImmutableArray<int> shape, out string name);
        int columns = 5 + request.Classes;
        int down = request.Placement.InputHeight / head.Stride, across = request.Placement.InputWidth / head.Stride, plane = down * across;
        bool last = shape is [1, _, _, _, var c] && c == columns && shape[1] == head.Count && shape[2] == down && shape[3] == across;
        if (!last && !(shape is [1, var channels, var h, var w] && channels == head.Count * columns && h == down && w == across))
            throw DecoderOutput.Misshapen(name, shape, $"[1,{head.Count * columns},{down},{across}] or [1,{head.Count},{down},{across},{columns}]", request.Sample);

        Span<float> scores = request.Classes <= 1024 ? stackalloc float[request.Classes] : new float[request.Classes];
        for (int anchor = 0; anchor < head.Count; anchor++)
        {
            for (int cell = 0; cell < plane; cell++)
            {
                // Where value k of this box lies: next to each other, or a plane apart.
                int start = last ? ((anchor * plane) + cell) * columns : (anchor * columns * plane) + cell;
                int step = last ? 1 : plane;
                float objectness = ScoreScan.Sigmoid(values[start + (4 * step)]);
                if (objectness <= request.Threshold)
                    continue;
                for (int k = 0; k < scores.Length; k++)
                    scores[k] = objectness * ScoreScan.Sigmoid(values[start + ((5 + k) * step)]);
                float x = ((ScoreScan.Sigmoid(values[start]) * 2) - 0.5f + (cell % across)) * head.Stride;
                float y = ((ScoreScan.Sigmoid(values[start + step]) * 2) - 0.5f + (cell / across)) * head.Stride;
                float width = ScoreScan.Sigmoid(values[start + (2 * step)]) * 2, height = ScoreScan.Sigmoid(values[start + (3 * step)]) * 2;
                (width, height) = (width * width * head.Anchors[2 * anchor], height * height * head.Anchors[(2 * anchor) + 1]);
                int box = first + (anchor * plane) + cell;
                RowScan.Add(scores, box, x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2), request, candidates);
            }
        }
        return head.Count * plane;
    }
}
