using System.Buffers;
using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>
/// YOLOv8 and YOLO11 (ultralytics) as their export writes them: one output [1, 4 + classes, N], channels centre x, centre y, width, height in
/// input pixels, then class scores 0 to 1. Candidate index: the column.
/// </summary>
/// <param name="more">Channels after the class scores, which others read: joints, mask coefficients.</param>
public sealed class Yolov8Decoder(DecoderOutput output, int more = 0) : IBoxDecoder
{
    public string Kind => "yolov8";

    public bool EndsInNms => false;

    public static IBoxDecoder FromSettings(Settings settings) => new Yolov8Decoder(DecoderSettings.Output(settings));

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int classes, string model, FaultList faults)
    {
        if (output.Find(outputs, model, faults) is { } port)
            DecoderOutput.CheckShape(port, $"[1, {4 + classes + more}, boxes] as yolov8 wants for {classes} classes", model, faults, 1, 4 + classes + more, null);
    }

    public void Decode(IReadOnlyDictionary<string, Tensor> outputs, DecodeRequest request, Candidates candidates)
    {
        ReadOnlySpan<float> values = output.Floats(outputs, request.Sample, out ImmutableArray<int> shape, out string name);
        if (shape is not [1, var channels, var count] || channels != 4 + request.Classes + more)
            throw DecoderOutput.Misshapen(name, shape, $"[1,{4 + request.Classes + more}, boxes]", request.Sample);
        float[] most = ArrayPool<float>.Shared.Rent(count);
        try
        {
            Span<float> best = most.AsSpan(0, count);
            best.Fill(float.NegativeInfinity);
            for (int c = 0; c < request.Classes; c++)
                ScoreScan.MaxInto(values.Slice((4 + c) * count, count), best);
            Span<float> scores = request.Classes <= 1024 ? stackalloc float[request.Classes] : new float[request.Classes];
            for (int box = 0; box < count; box++)
            {
                ScoreScan.RequireProbability(best[box], "class score", name, request.Sample);
                if (best[box] <= request.Threshold)
                    continue;
                for (int c = 0; c < scores.Length; c++)
                    scores[c] = values[((4 + c) * count) + box];
                float x = values[box], y = values[count + box], halfWidth = values[(2 * count) + box] / 2, halfHeight = values[(3 * count) + box] / 2;
                RowScan.Add(scores, box, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, request, candidates);
            }
        }
        finally
        {
            ArrayPool<float>.Shared.Return(most);
        }
    }
}
