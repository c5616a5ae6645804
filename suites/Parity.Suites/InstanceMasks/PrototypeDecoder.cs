using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Coco;
using Parity.Suites.Detection;
using Parity.Suites.Segmentation;

namespace Parity.Suites.InstanceMasks;

/// <summary>When what lies outside an instance's box is cut off.</summary>
public enum MaskCrop
{
    /// <summary>At the picture's size, as Ultralytics evaluates COCO (<c>process_mask_native</c>): the mask ends at the box.</summary>
    AfterResize,

    /// <summary>At the prototypes' size (YOLACT, Ultralytics' <c>process_mask</c>): values outside are 0 before they are enlarged, so the mask's edge at the box is a blend.</summary>
    BeforeResize,
}

/// <summary>
/// Masks of YOLACT's and YOLO-seg's kind: an instance's coefficients weigh prototypes [1, K, height, width] that cover the model's input; their sum, through a sigmoid
/// unless <paramref name="logits"/>, is enlarged to the picture bilinearly (half-pixel centres) and set above .5 (logits: above 0). A pixel x is inside a box where left &lt;= x &lt; right.
/// </summary>
/// <param name="prototypes">The output that holds them.</param>
/// <param name="logits">Sums are enlarged before the sigmoid (Ultralytics from 8.1) instead of after it (YOLACT, YOLOv5).</param>
public sealed class PrototypeDecoder(DecoderOutput prototypes, MaskCrop crop, bool logits)
{
    /// <summary>Keys <c>prototypes</c> (the output's name), <c>crop</c> (after-resize, before-resize) and <c>resized</c> (logits, probabilities).</summary>
    public static PrototypeDecoder FromSettings(Settings settings) => new(
        new DecoderOutput(settings.Text("prototypes")),
        settings.Choice("crop", ["after-resize", "before-resize"], "after-resize") == "after-resize" ? MaskCrop.AfterResize : MaskCrop.BeforeResize,
        settings.Choice("resized", ["logits", "probabilities"], "logits") == "logits");

    /// <param name="count">K, the coefficients of an instance.</param>
    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int count, string model, FaultList faults)
    {
        if (prototypes.Find(outputs, model, faults) is { } port)
            DecoderOutput.CheckShape(port, $"[1,{count},height,width], a prototype for each of {count} coefficients", model, faults, 1, count, null, null);
    }

    /// <summary>The mask of each box, in the picture.</summary>
    /// <param name="boxes">In the picture.</param>
    /// <param name="coefficients">K of each box.</param>
    /// <exception cref="FaultException">NaN or infinity in the prototypes; they are missing or of a wrong shape; a mask is infinite.</exception>
    public ImmutableArray<MaskRuns> Decode(
        IReadOnlyDictionary<string, Tensor> outputs, Sample sample, Placement placement, IReadOnlyList<DetectedBox> boxes, IReadOnlyList<float[]> coefficients)
    {
        ReadOnlySpan<float> values = prototypes.Floats(outputs, sample, out ImmutableArray<int> shape, out string name);
        if (shape is not [1, var planes, var height, var width] || coefficients.Any(c => c.Length != planes))
            throw DecoderOutput.Misshapen(name, shape, $"[1,{(coefficients.Count > 0 ? coefficients[0].Length : "K")},height,width]", sample);
        var across = MapAxis.Across(MapResize.BilinearHalfPixel, width, placement);
        var down = MapAxis.Down(MapResize.BilinearHalfPixel, height, placement);
        var sum = new float[height * width];
        var masks = ImmutableArray.CreateBuilder<MaskRuns>(boxes.Count);
        for (int i = 0; i < boxes.Count; i++)
        {
            Weigh(values, coefficients[i], sum);
            if (ScoreScan.FirstNonFinite(sum) >= 0)
                throw new FaultException($"the mask of candidate {boxes[i].Candidate} is infinite when decoded", $"sample {sample.Id}", "Repair the model: its coefficients or prototypes are far out of range.");
            if (!logits)
                Sigmoid(sum);
            DetectedBox box = boxes[i];
            if (crop == MaskCrop.BeforeResize)
            {
                double scaleX = placement.ScaleX * width / placement.InputWidth, scaleY = placement.ScaleY * height / placement.InputHeight;
                double left = placement.OffsetX * width / placement.InputWidth, top = placement.OffsetY * height / placement.InputHeight;
                ClearOutside(sum, width, height, box.X * scaleX + left, box.Y * scaleY + top, (box.X + box.Width) * scaleX + left, (box.Y + box.Height) * scaleY + top);
                masks.Add(Draw(sum, width, across, down, placement, 0, 0, placement.PictureWidth, placement.PictureHeight));
            }
            else
            {
                masks.Add(Draw(sum, width, across, down, placement,
                    First(box.X, placement.PictureWidth), First(box.Y, placement.PictureHeight),
                    First(box.X + box.Width, placement.PictureWidth), First(box.Y + box.Height, placement.PictureHeight)));
            }
        }
        return masks.MoveToImmutable();
    }

    private static void Weigh(ReadOnlySpan<float> prototypes, float[] coefficients, Span<float> sum)
    {
        sum.Clear();
        for (int k = 0; k < coefficients.Length; k++)
        {
            ReadOnlySpan<float> plane = prototypes.Slice(k * sum.Length, sum.Length);
            float factor = coefficients[k];
            for (int i = 0; i < sum.Length; i++)
                sum[i] += factor * plane[i];
        }
    }

    private static void Sigmoid(Span<float> values)
    {
        for (int i = 0; i < values.Length; i++)
            values[i] = ScoreScan.Sigmoid(values[i]);
    }

    private static void ClearOutside(Span<float> map, int width, int height, double left, double top, double right, double bottom)
    {
        for (int y = 0; y < height; y++)
        {
            for (int x = 0; x < width; x++)
            {
                if (!(x >= left && x < right && y >= top && y < bottom))
                    map[(y * width) + x] = 0;
            }
        }
    }

    /// <summary>The first pixel at or behind an edge.</summary>
    private static int First(float edge, int size) => (int)Math.Clamp(Math.Ceiling((double)edge), 0, size);

    /// <summary>Column by column, as COCO orders pixels.</summary>
    private MaskRuns Draw(float[] map, int width, MapAxis across, MapAxis down, Placement placement, int left, int top, int right, int bottom)
    {
        float limit = logits ? 0 : 0.5f;
        var mask = new Mask();
        for (int x = left; x < right; x++)
        {
            int near = across.First[x], far = across.Second[x], column = x * placement.PictureHeight, start = -1;
            float share = across.Far[x];
            for (int y = top; y < bottom; y++)
            {
                int upper = down.First[y] * width, lower = down.Second[y] * width;
                float above = (map[upper + near] * (1 - share)) + (map[upper + far] * share), below = (map[lower + near] * (1 - share)) + (map[lower + far] * share);
                bool set = (above * (1 - down.Far[y])) + (below * down.Far[y]) > limit;
                if (set && start < 0)
                    start = y;
                if (!set && start >= 0)
                {
                    mask.Add(column + start, column + y);
                    start = -1;
                }
            }
            if (start >= 0)
                mask.Add(column + start, column + bottom);
        }
        return MaskRuns.Of(mask, placement.PictureWidth, placement.PictureHeight);
    }
}
