using System.Collections.Immutable;
using Parity.Core;
using Parity.Suites.Detection;

namespace Parity.Suites.Keypoints;

/// <summary>
/// One heatmap [1, joints, height, width] a joint, as HRNet's and mmpose's <c>get_final_preds</c> without UDP: the position of the maximum (the first among equals),
/// moved a quarter of a cell towards the greater neighbour on each axis where the maximum lies neither on the two first nor on the last cells, then
/// x * input width / width in the input. A maximum of 0 or less is no joint: it is put into the first cell, as there.
/// </summary>
public sealed class HeatmapDecoder(DecoderOutput output, bool quarterShift)
{
    /// <summary>The value of the setting <c>decoder.kind</c>.</summary>
    public const string Kind = "heatmaps";

    public static HeatmapDecoder FromSettings(Settings settings) => new(DecoderSettings.Output(settings), settings.Flag("quarter-shift", true));

    public void CheckOutputs(ImmutableArray<TensorPort> outputs, int joints, string model, FaultList faults)
    {
        if (output.Find(outputs, model, faults) is { } port)
            DecoderOutput.CheckShape(port, $"[1, {joints}, height, width], a heatmap for each of {joints} joints", model, faults, 1, joints, null, null);
    }

    /// <summary>The joints in pixels of the picture, scored by their maxima.</summary>
    /// <exception cref="FaultException">NaN or infinity; an output that is missing or of a wrong shape.</exception>
    public ImmutableArray<JointPoint> Decode(ModelRun run, Sample sample, int joints)
    {
        ReadOnlySpan<float> values = output.Floats(run.Outputs, sample, out ImmutableArray<int> shape, out string name);
        if (shape is not [1, var planes, var height, var width] || planes != joints)
            throw DecoderOutput.Misshapen(name, shape, $"[1,{joints},height,width]", sample);
        Placement placement = run.Placement;
        double across = (double)placement.InputWidth / width, down = (double)placement.InputHeight / height;
        var points = ImmutableArray.CreateBuilder<JointPoint>(joints);
        for (int j = 0; j < joints; j++)
        {
            ReadOnlySpan<float> map = values.Slice(j * height * width, height * width);
            (double x, double y, float score) = Peak(map, width, height);
            points.Add(new JointPoint((float)((x * across - placement.OffsetX) / placement.ScaleX), (float)((y * down - placement.OffsetY) / placement.ScaleY), score));
        }
        return points.MoveToImmutable();
    }

    private (double X, double Y, float Score) Peak(ReadOnlySpan<float> map, int width, int height)
    {
        int best = 0;
        for (int i = 1; i < map.Length; i++)
            best = map[i] > map[best] ? i : best;
        int px = best % width, py = best / width;
        if (map[best] <= 0)
            return (0, 0, map[best]);
        if (!quarterShift || px <= 1 || px >= width - 1 || py <= 1 || py >= height - 1)
            return (px, py, map[best]);
        return (px + 0.25 * Math.Sign(map[best + 1] - map[best - 1]), py + 0.25 * Math.Sign(map[best + width] - map[best - width]), map[best]);
    }
}
