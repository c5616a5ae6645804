using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>
/// YOLOv5 (ultralytics/yolov5) as its export writes it: one output [1, N, 5 + classes] of rows centre x, centre y, width, height in input
/// pixels, objectness, class scores 0 to 1; score = objectness * class score. Candidate index: the row.
/// </summary>
/// <param name="more">Values of a row after the class scores, which others read: joints, mask coefficients.</param>
public sealed class Yolov5Decoder(DecoderOutput output, int more = 0) : IBoxDecoder
{
    public string Kind => "yolov5";

    public bool EndsInNms => false;

    /// <summary>With a list <c>heads</c> the decoder for raw heads, else this one.</summary>
    public static IBoxDecoder FromSettings(Settings settings) =>
        settings.Has("heads") ? Yolov5HeadsDecoder.FromSettings(settings) : new Yolov5Decoder(DecoderSettings.Output(settings));

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int classes, string model, FaultList faults)
    {
        if (output.Find(outputs, model, faults) is { } port)
            DecoderOutput.CheckShape(port, $"[1, boxes, {5 + classes + more}] as yolov5 wants for {classes} classes", model, faults, 1, null, 5 + classes + more);
    }

    public void Decode(IReadOnlyDictionary<string, Tensor> outputs, DecodeRequest request, Candidates candidates)
    {
        ReadOnlySpan<float> values = output.Floats(outputs, request.Sample, out ImmutableArray<int> shape, out string name);
        if (shape is not [1, var rows, var extent] || extent != 5 + request.Classes + more)
            throw DecoderOutput.Misshapen(name, shape, $"[1, boxes, {5 + request.Classes + more}]", request.Sample);
        RowScan.Scan(values, extent, 0, rows, request, name, sigmoid: false, new Geometry(), candidates);
    }

    private readonly struct Geometry : IRowGeometry
    {
        public void Corners(int row, ReadOnlySpan<float> box, out float left, out float top, out float right, out float bottom) =>
            (left, top, right, bottom) = (box[0] - (box[2] / 2), box[1] - (box[3] / 2), box[0] + (box[2] / 2), box[1] + (box[3] / 2));
    }
}
