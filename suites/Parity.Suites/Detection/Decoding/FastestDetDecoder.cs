using System.Collections.Immutable;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>
/// FastestDet (dog-qiuqiu/FastestDet): one output [1, 5 + classes, H, W], channels objectness, x, y, w, h, class scores; scores 0 to 1.
/// Centre = (tanh(x) + cell) / W of the input's width, size = sigmoid(w) of it; score = objectness^0.6 * class score^0.4, as its onnx and ncnn
/// examples have it (its Python multiplies them plainly). Candidate index: the cell, row by row.
/// </summary>
public sealed class FastestDetDecoder(DecoderOutput output) : IBoxDecoder
{
    private const float ObjectnessPower = 0.6f, ClassPower = 0.4f;

    public string Kind => "fastestdet";

    public bool EndsInNms => false;

    public static IBoxDecoder FromSettings(Settings settings) => new FastestDetDecoder(DecoderSettings.Output(settings));

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int classes, string model, FaultList faults)
    {
        if (output.Find(outputs, model, faults) is { } port)
            DecoderOutput.CheckShape(port, $"[1, {5 + classes}, H, W] as fastestdet wants for {classes} classes", model, faults, 1, 5 + classes, null, null);
    }

    public void Decode(IReadOnlyDictionary<string, Tensor> outputs, DecodeRequest request, Candidates candidates)
    {
        ReadOnlySpan<float> values = output.Floats(outputs, request.Sample, out ImmutableArray<int> shape, out string name);
        if (shape is not [1, var channels, var down, var across] || channels != 5 + request.Classes)
            throw DecoderOutput.Misshapen(name, shape, $"[1,{5 + request.Classes}, H, W]", request.Sample);
        int plane = down * across;
        float inputWidth = request.Placement.InputWidth, inputHeight = request.Placement.InputHeight;
        Span<float> scores = request.Classes <= 1024 ? stackalloc float[request.Classes] : new float[request.Classes];
        for (int cell = 0; cell < plane; cell++)
        {
            float objectness = values[cell];
            ScoreScan.RequireProbability(objectness, "objectness", name, request.Sample);
            float factor = MathF.Pow(Math.Max(0, objectness), ObjectnessPower);
            if (factor * 1.02f <= request.Threshold)
                continue;
            float most = 0;
            for (int c = 0; c < scores.Length; c++)
                most = Math.Max(most, scores[c] = values[((5 + c) * plane) + cell]);
            ScoreScan.RequireProbability(most, "class score", name, request.Sample);
            if (factor * MathF.Pow(most, ClassPower) <= request.Threshold)
                continue;
            for (int c = 0; c < scores.Length; c++)
                scores[c] = factor * MathF.Pow(Math.Max(0, scores[c]), ClassPower);
            float x = (MathF.Tanh(values[plane + cell]) + (cell % across)) / across * inputWidth;
            float y = (MathF.Tanh(values[(2 * plane) + cell]) + (cell / across)) / down * inputHeight;
            float halfWidth = ScoreScan.Sigmoid(values[(3 * plane) + cell]) * inputWidth / 2;
            float halfHeight = ScoreScan.Sigmoid(values[(4 * plane) + cell]) * inputHeight / 2;
            RowScan.Add(scores, cell, x - halfWidth, y - halfHeight, x + halfWidth, y + halfHeight, request, candidates);
        }
    }
}
