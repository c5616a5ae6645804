using System.Collections.Immutable;
using System.Globalization;
using Parity.Core;

namespace Parity.Suites.Detection;

/// <summary>
/// A model that ends in NMS with the four outputs of TensorRT's EfficientNMS plugin: number [1, 1], boxes [1, M, 4] as left, top, right, bottom in
/// input pixels (0 to 1 with <c>normalized</c>), scores [1, M] 0 to 1, classes [1, M]. Rows beyond the number are padding and not read.
/// Candidate index: the row.
/// </summary>
public sealed class EfficientNmsDecoder(DecoderOutput number, DecoderOutput boxes, DecoderOutput scores, DecoderOutput classes, bool normalized) : IBoxDecoder
{
    public string Kind => "efficient-nms";

    public bool EndsInNms => true;

    public static IBoxDecoder FromSettings(Settings settings) => new EfficientNmsDecoder(
        new DecoderOutput(settings.Text("num-dets", "num_dets")), new DecoderOutput(settings.Text("boxes", "det_boxes")),
        new DecoderOutput(settings.Text("scores", "det_scores")), new DecoderOutput(settings.Text("classes", "det_classes")),
        settings.Flag("normalized", false));

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int classCount, string model, FaultList faults)
    {
        number.Find(outputs, model, faults);
        classes.Find(outputs, model, faults);
        if (boxes.Find(outputs, model, faults) is { } boxPort)
            DecoderOutput.CheckShape(boxPort, "[1, boxes, 4] as efficient-nms wants", model, faults, 1, null, 4);
        if (scores.Find(outputs, model, faults) is { } scorePort)
            DecoderOutput.CheckShape(scorePort, "[1, boxes] as efficient-nms wants", model, faults, 1, null);
    }

    public void Decode(IReadOnlyDictionary<string, Tensor> outputs, DecodeRequest request, Candidates candidates)
    {
        Sample sample = request.Sample;
        Tensor numberTensor = number.Find(outputs, sample, out string numberName);
        Tensor boxTensor = boxes.Find(outputs, sample, out string boxName);
        Tensor scoreTensor = scores.Find(outputs, sample, out string scoreName);
        Tensor classTensor = classes.Find(outputs, sample, out string className);
        if (boxTensor.Shape is not [1, var most, 4])
            throw DecoderOutput.Misshapen(boxName, boxTensor.Shape, "[1, boxes, 4]", sample);
        if (numberTensor.Count != 1 || scoreTensor.Count != most || classTensor.Count != most)
            throw new FaultException($"'{numberName}' {numberTensor}, '{scoreName}' {scoreTensor} and '{className}' {classTensor} do not fit '{boxName}' {boxTensor}", $"sample {sample.Id}", "Name the outputs of one NMS.");
        int count = Whole(numberTensor, 0, most, numberName, sample);
        ReadOnlySpan<float> corners = DecoderOutput.AsFloats(boxTensor, boxName, sample)[..(count * 4)];
        ReadOnlySpan<float> confidence = DecoderOutput.AsFloats(scoreTensor, scoreName, sample)[..count];
        DecoderOutput.RequireFinite(corners, boxName, sample);
        DecoderOutput.RequireFinite(confidence, scoreName, sample);
        float scaleX = normalized ? request.Placement.InputWidth : 1, scaleY = normalized ? request.Placement.InputHeight : 1;
        for (int i = 0; i < count; i++)
        {
            ScoreScan.RequireProbability(confidence[i], "score", scoreName, sample);
            int category = Whole(classTensor, i, request.Classes - 1, className, sample);
            if (confidence[i] > request.Threshold)
                candidates.Add(corners[4 * i] * scaleX, corners[(4 * i) + 1] * scaleY, corners[(4 * i) + 2] * scaleX, corners[(4 * i) + 3] * scaleY, confidence[i], category, i);
        }
    }

    /// <summary>A whole number of any element type, from 0.</summary>
    private static int Whole(Tensor tensor, int index, int most, string name, Sample sample)
    {
        double value = Convert.ToDouble(tensor.Storage.GetValue(index) is Half half ? (float)half : tensor.Storage.GetValue(index), CultureInfo.InvariantCulture);
        return value >= 0 && value <= most && value == Math.Floor(value)
            ? (int)value
            : throw new FaultException(
                FormattableString.Invariant($"output '{name}' holds {value} at index {index}, not a whole number from 0 to {most}"), $"sample {sample.Id}", "Name the right output, or map all classes.");
    }
}
