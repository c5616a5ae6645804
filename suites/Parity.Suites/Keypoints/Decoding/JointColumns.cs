using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>How the joints of a box lie after its class scores.</summary>
public enum JointOrder
{
    /// <summary>x, y, confidence of the first joint, then of the next: YOLO-pose and its kin.</summary>
    Interleaved,

    /// <summary>x, y of all joints, then all confidences: heads that put their parts side by side.</summary>
    Grouped,
}

/// <summary>What the x and y of a joint mean.</summary>
/// <param name="Strides">Grids as the box decoder has them; empty where x and y are pixels of the input.</param>
/// <param name="Scale">On a grid x is (Scale * p + Shift + cell) * stride: 1 and 0 (mmpose's YOLOX-Pose), or 2 and -.5 (YOLO-pose of Maji et al. 2022, and edgeai-yolox after it).</param>
public sealed record JointGeometry(ImmutableArray<int> Strides, float Scale, float Shift);

/// <summary>Joints in the same output as the boxes: the values after the class scores.</summary>
/// <param name="first">Values of a box before its joints.</param>
/// <param name="channelsFirst">The output is [1, values, boxes] instead of [1, boxes, values].</param>
/// <param name="scored">Each joint has a confidence; without it every joint has 1.</param>
/// <param name="applySigmoid">Confidences are logits.</param>
public sealed class JointColumns(
    DecoderOutput output, int first, int joints, JointOrder order, JointGeometry geometry, bool channelsFirst, bool scored, bool applySigmoid) : IJointReader
{
    public ImmutableArray<ImmutableArray<JointPoint>> Read(IReadOnlyDictionary<string, Tensor> outputs, Sample sample, Placement placement, IReadOnlyList<int> boxes)
    {
        ReadOnlySpan<float> values = output.Floats(outputs, sample, out ImmutableArray<int> shape, out string name);
        int rows = channelsFirst ? shape[2] : shape[1], columns = channelsFirst ? shape[1] : shape[2];
        int boxStride = channelsFirst ? 1 : columns, valueStride = channelsFirst ? rows : 1;
        int step = order == JointOrder.Interleaved ? (scored ? 3 : 2) : 2;
        var read = ImmutableArray.CreateBuilder<ImmutableArray<JointPoint>>(boxes.Count);
        foreach (int box in boxes)
        {
            var points = ImmutableArray.CreateBuilder<JointPoint>(joints);
            (int cellX, int cellY, int stride) = Cell(box, placement);
            for (int j = 0; j < joints; j++)
            {
                int at = box * boxStride + (first + step * j) * valueStride;
                float x = values[at], y = values[at + valueStride], score = 1;
                if (scored)
                    score = values[order == JointOrder.Interleaved ? at + 2 * valueStride : box * boxStride + (first + 2 * joints + j) * valueStride];
                if (stride > 0)
                    (x, y) = ((geometry.Scale * x + geometry.Shift + cellX) * stride, (geometry.Scale * y + geometry.Shift + cellY) * stride);
                var point = new JointPoint(
                    (float)((x - placement.OffsetX) / placement.ScaleX), (float)((y - placement.OffsetY) / placement.ScaleY), applySigmoid ? ScoreScan.Sigmoid(score) : score);
                if (!float.IsFinite(point.X) || !float.IsFinite(point.Y))
                    throw new FaultException($"joint {j} of box {box} in output '{name}' is infinite when decoded", $"sample {sample.Id}", "Repair the model: its joints are far out of range.");
                points.Add(point);
            }
            read.Add(points.MoveToImmutable());
        }
        return read.MoveToImmutable();
    }

    private (int X, int Y, int Stride) Cell(int box, Placement placement)
    {
        foreach (int stride in geometry.Strides)
        {
            int across = placement.InputWidth / stride, cells = across * (placement.InputHeight / stride);
            if (box < cells)
                return (box % across, box / across, stride);
            box -= cells;
        }
        return (0, 0, 0);
    }
}
