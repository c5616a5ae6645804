using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>
/// YOLOX exported without <c>decode_in_inference</c> (Megvii-BaseDetection/YOLOX, demo_utils.demo_postprocess): one output [1, N, 5 + classes],
/// grids of the strides one after the other, row by row; centre = (p + cell) * stride, size = exp(p) * stride in input pixels;
/// score = objectness * class score, both 0 to 1 unless <c>apply-sigmoid</c>. Candidate index: the row.
/// </summary>
/// <param name="more">Values of a row after the class scores, which others read: joints, mask coefficients.</param>
public sealed class YoloxDecoder(DecoderOutput output, ImmutableArray<int> strides, bool applySigmoid, int more = 0) : IBoxDecoder
{
    public string Kind => "yolox";

    public bool EndsInNms => false;

    public static IBoxDecoder FromSettings(Settings settings) => new YoloxDecoder(
        DecoderSettings.Output(settings),
        DecoderSettings.Strides(settings, [8, 16, 32]),
        settings.Flag("apply-sigmoid", false));

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int classes, string model, FaultList faults)
    {
        if (output.Find(outputs, model, faults) is { } port)
            DecoderOutput.CheckShape(port, $"[1, boxes, {5 + classes + more}] as yolox wants for {Columns(classes)}", model, faults, 1, null, 5 + classes + more);
    }

    public void Decode(IReadOnlyDictionary<string, Tensor> outputs, DecodeRequest request, Candidates candidates)
    {
        ReadOnlySpan<float> values = output.Floats(outputs, request.Sample, out ImmutableArray<int> shape, out string name);
        int columns = 5 + request.Classes + more, width = request.Placement.InputWidth, height = request.Placement.InputHeight;
        int cells = strides.Sum(s => width / s * (height / s));
        if (shape is not [1, var rows, var extent] || rows != cells || extent != columns)
            throw DecoderOutput.Misshapen(name, shape, $"[1,{cells},{columns}] as a {width} x {height} input with strides {string.Join(", ", strides)} gives", request.Sample);
        int first = 0;
        foreach (int stride in strides)
        {
            int across = width / stride, count = across * (height / stride);
            RowScan.Scan(values, columns, first, count, request, name, applySigmoid, new Geometry(first, across, stride), candidates);
            first += count;
        }
    }

    private string Columns(int classes) => more == 0 ? $"{classes} classes" : $"{classes} classes and {more} more values";

    private readonly struct Geometry(int first, int across, int stride) : IRowGeometry
    {
        public void Corners(int row, ReadOnlySpan<float> box, out float left, out float top, out float right, out float bottom)
        {
            int cell = row - first;
            float x = (box[0] + (cell % across)) * stride, y = (box[1] + (cell / across)) * stride;
            float width = MathF.Exp(box[2]) * stride, height = MathF.Exp(box[3]) * stride;
            (left, top, right, bottom) = (x - (width / 2), y - (height / 2), x + (width / 2), y + (height / 2));
        }
    }
}
