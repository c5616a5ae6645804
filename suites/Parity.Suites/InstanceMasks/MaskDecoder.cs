using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.InstanceMasks;

/// <summary>Models that give boxes with mask coefficients in one output, and prototypes in another.</summary>
/// <param name="output">Of the boxes; the coefficients are a box's last values.</param>
/// <param name="first">Values of a box before its coefficients.</param>
/// <param name="count">K, the coefficients of a box.</param>
/// <param name="channelsFirst">The output is [1, values, boxes] instead of [1, boxes, values].</param>
public sealed class MaskDecoder(IBoxDecoder boxes, PrototypeDecoder prototypes, DecoderOutput output, int first, int count, bool channelsFirst)
{
    private static readonly ImmutableArray<string> Kinds = ["yolov8-seg", "yolov5-seg"];

    public IBoxDecoder Boxes { get; } = boxes;

    public PrototypeDecoder Prototypes { get; } = prototypes;

    public int Coefficients { get; } = count;

    /// <summary>
    /// From a section <c>decoder</c>: <c>yolov8-seg</c>, [1, 4 + classes + K, N] as ultralytics exports YOLOv8-seg and YOLO11-seg, or <c>yolov5-seg</c>, [1, N, 5 + classes + K];
    /// <c>output</c>, <c>coefficients</c> (K, 32) and what <see cref="PrototypeDecoder.FromSettings"/> reads. Mistakes go to its faults.
    /// </summary>
    public static MaskDecoder FromSettings(Settings settings, int classes)
    {
        bool v8 = settings.Choice("kind", Kinds) == "yolov8-seg";
        var output = new DecoderOutput(settings.Text("output"));
        int count = settings.Integer("coefficients", 32, least: 1);
        PrototypeDecoder prototypes = PrototypeDecoder.FromSettings(settings);
        settings.RejectUnknown();
        IBoxDecoder boxes = v8 ? new Yolov8Decoder(output, count) : new Yolov5Decoder(output, count);
        return new MaskDecoder(boxes, prototypes, output, (v8 ? 4 : 5) + classes, count, channelsFirst: v8);
    }

    /// <summary>The coefficients of boxes, as the box decoder counts these without classes.</summary>
    /// <exception cref="FaultException">NaN or infinity in the output.</exception>
    public ImmutableArray<float[]> CoefficientsOf(IReadOnlyDictionary<string, Tensor> outputs, Sample sample, IEnumerable<int> boxes)
    {
        ReadOnlySpan<float> values = output.Floats(outputs, sample, out ImmutableArray<int> shape, out _);
        int boxStride = channelsFirst ? 1 : shape[2], valueStride = channelsFirst ? shape[2] : 1;
        var read = ImmutableArray.CreateBuilder<float[]>();
        foreach (int box in boxes)
        {
            var coefficients = new float[Coefficients];
            for (int k = 0; k < coefficients.Length; k++)
                coefficients[k] = values[(box * boxStride) + ((first + k) * valueStride)];
            read.Add(coefficients);
        }
        return read.DrainToImmutable();
    }
}
